// An index may be of any type, and keeps its value: 200 stays 200, and -3 stays -3.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int a[300];
    for (int n = 0; n < 300; n++)
        a[n] = n;
    int *p = a + 20;
    char c = 100;
    unsigned char uc = 200;
    short s = -2;
    unsigned short us = 260;
    int i = -3;
    unsigned u = 7;
    long l = -4;
    unsigned long ul = 9;
    if (a[c] != 100 || p[c] != 120) return 17;
    if (a[uc] != 200 || p[uc] != 220) return 18;
    if (p[s] != 18) return 19;
    if (a[us] != 260 || p[us] != 280) return 20;
    if (p[i] != 17) return 21;
    if (a[u] != 7 || p[u] != 27) return 22;
    if (p[l] != 16) return 23;
    if (a[ul] != 9 || p[ul] != 29) return 24;
    if (uc[a] != 200 || s[p] != 18) return 25;
    if (a[uc + us - 200] != 260 || a[uc - 100] != 100) return 26;
    if (*(p + s) != 18 || *(p - s) != 22) return 27;
    if (*(i + p) != 17 || *(p - i) != 23) return 28;
    if (*(p + uc) != 220 || *(p + l) != 16) return 29;
    if ((p += s, *p) != 18 || (p -= s, *p) != 20) return 30;
    if ((p += uc, *p) != 220 || (p -= uc, *p) != 20) return 31;
    if ((p -= l, *p) != 24 || (p += l, *p) != 20) return 32;
    if ((p += u, *p) != 27 || (p -= u, *p) != 20) return 33;
    if (&p[i] - a != 17 || a - &p[s] != -18) return 34;
    a[uc] = 1;
    a[us] += 2;
    p[s]++;
    p[l] = 5;
    if (a[200] != 1 || a[260] != 262 || a[18] != 19 || a[16] != 5) return 39;
    return 0;
}
