// The place that is assigned to or stepped is computed once, a call or a step in it too.
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

int main(void) {
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
