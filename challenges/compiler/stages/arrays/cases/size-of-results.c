// The difference of two pointers is a long. `&a` points to the whole array, and moves by all of it.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int a[3] = {1, 2, 3};
    char c[5];
    long m[2][4];
    int *p = a, *q = a + 2;
    if (sizeof(q - p) != 8 || sizeof(&c[3] - c) != 8) return 9;
    if ((q - p) * 2000000000 != 4000000000) return 10;
    if ((p - q) * 2000000000 != -4000000000) return 11;
    if (sizeof(a + 0) != 8 || sizeof &a != 8 || sizeof &a[0] != 8 || sizeof *p != 4) return 12;
    if (sizeof *&a != 12 || sizeof *&c != 5 || sizeof *&m[0] != 32 || sizeof *&m != 64) return 13;
    if ((char *)(&a + 1) - (char *)a != 12 || (char *)(&a[0] + 1) - (char *)a != 4) return 14;
    if ((char *)(&m[0] + 1) - (char *)m != 32 || (char *)(&m + 1) - (char *)m != 64) return 15;
    if ((*&a)[1] != 2 || **&a != 1 || (&a)[0][2] != 3) return 16;
    if (sizeof(p < q) != 4 || sizeof(p == q) != 4 || sizeof !p != 4) return 17;
    if (sizeof(0 ? a : p) != 8) return 18;
    return 0;
}
