// The place that is assigned to or stepped is computed once, and as wide as its type: a carry stays in its element.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int calls = 0;

int next(void) {
    return calls++;
}

int *at(int *p) {
    calls++;
    return p;
}

int once(void) {
    int a[6] = {1, 2, 3, 4, 5, 6}, i = 0;
    int rows[2][3] = {{1, 2, 3}, {4, 5, 6}};
    int *p = a;
    a[next()] += 5;
    if (calls != 1 || a[0] != 6 || a[1] != 2) return 20;
    a[next()]++;
    if (calls != 2 || a[1] != 3 || a[2] != 3) return 22;
    if (a[next()]-- != 3 || calls != 3 || a[2] != 2 || a[3] != 4) return 23;
    if (++a[next()] != 5 || calls != 4 || a[3] != 5) return 24;
    if ((a[next()] *= 3) != 15 || calls != 5 || a[4] != 15 || a[5] != 6) return 25;
    a[i++] -= 1;
    if (i != 1 || a[0] != 5 || a[1] != 3) return 27;
    a[i++]++;
    if (i != 2 || a[1] != 4 || a[2] != 2) return 29;
    if (--a[i++] != 1 || i != 3 || a[2] != 1 || a[3] != 5) return 30;
    if (a[++i]-- != 15 || i != 4 || a[4] != 14) return 31;
    rows[--i - 2][i - i] += 7;
    if (i != 3 || rows[1][0] != 11) return 33;
    i = 0;
    rows[i++][2]++;
    if (i != 1 || rows[0][2] != 4 || rows[1][2] != 6) return 36;
    *p++ += 1;
    if (p != a + 1 || a[0] != 6) return 38;
    (*p++)++;
    if (p != a + 2 || a[1] != 5) return 40;
    *++p *= 2;
    if (p != a + 3 || a[3] != 10) return 42;
    calls = 0;
    *at(a) += 1;
    if (calls != 1 || a[0] != 7) return 45;
    at(a)[1]++;
    if (calls != 2 || a[1] != 6) return 47;
    at(at(a))[next() - 2] = 9;
    if (calls != 5) return 49;
    return 0;
}

int steps(void) {
    long l[3] = {7, 4294967295, 8};
    unsigned u[3] = {7, 4294967295, 8};
    short s[3] = {7, 255, 8};
    unsigned char c[3] = {7, 255, 8};
    int i[3] = {7, -8, 8};
    unsigned two = 2;
    int one = 1;
    if (l[one]++ != 4294967295 || l[1] != 4294967296 || ++l[one] != 4294967297 || (l[one] -= 2) != 4294967295) return 61;
    if (++l[1] != 4294967296 || l[1]-- != 4294967296 || l[0] != 7 || l[2] != 8) return 62;
    if (u[one]++ != 4294967295 || u[1] != 0 || --u[1] != 4294967295 || u[0] != 7 || u[2] != 8) return 63;
    if (s[one]++ != 255 || s[1] != 256 || (s[1] *= 200) != -14336 || s[0] != 7 || s[2] != 8) return 64;
    if (c[one]++ != 255 || c[1] != 0 || --c[1] != 255 || (c[one] += 300) != 43 || c[0] != 7 || c[2] != 8) return 65;
    if ((i[1] /= two) != 2147483644 || i[0] != 7 || i[2] != 8) return 66;
    i[one] = -8;
    if ((i[one] /= 2U) != 2147483644 || i[1] != 2147483644) return 68;
    i[1] = 1000;
    if ((i[one] /= 7000000000) != 0) return 70;
    i[1] = -7;
    if ((i[1] %= 10U) != 9) return 72;
    if ((u[1] /= -2L) != 2147483649) return 73;
    return 0;
}

int main(void) {
    int wrong = once();
    return wrong ? wrong : steps();
}
