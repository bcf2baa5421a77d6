// A choice between a pointer and 0 is a pointer, whichever side it stands on, and follows only what it chooses.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    long a = 5;
    int zero = 0;
    long *p = &a, *null = 0, *q;
    q = zero ? 0 : p;
    if (q != p) return 9;
    q = a ? p : 0;
    if (q != p) return 11;
    q = zero ? p : 0;
    if (q) return 13;
    q = a ? 0 : p;
    if (q) return 15;
    if (*(zero ? 0 : p) != 5) return 16;
    if (*(a ? p : 0) != 5) return 17;
    if (sizeof(a ? 0 : p) != 8 || sizeof(a ? p : 0) != 8) return 18;
    if ((null ? *null : 4) != 4) return 19;
    if ((!null ? 4 : *null) != 4) return 20;
    if ((null ? 3 : *p) != 5) return 21;
    if (null && *null) return 22;
    if (!null || *null) ; else return 23;
    q = null ? null : p;
    if (*q != 5) return 25;
    return 0;
}
