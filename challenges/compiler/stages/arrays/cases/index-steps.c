// Elements step in their own width, with a carry into all of their bytes and into none beside.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    long l[3] = {7, 4294967295, 8};
    unsigned u[3] = {7, 4294967295, 8};
    short s[3] = {7, 255, 8};
    unsigned char c[3] = {7, 255, 8};
    int i[3] = {7, -8, 8};
    unsigned two = 2;
    int one = 1;
    if (l[one]++ != 4294967295 || l[1] != 4294967296 || ++l[one] != 4294967297 || (l[one] -= 2) != 4294967295) return 12;
    if (++l[1] != 4294967296 || l[1]-- != 4294967296 || l[0] != 7 || l[2] != 8) return 13;
    if (u[one]++ != 4294967295 || u[1] != 0 || --u[1] != 4294967295 || u[0] != 7 || u[2] != 8) return 14;
    if (s[one]++ != 255 || s[1] != 256 || (s[1] *= 200) != -14336 || s[0] != 7 || s[2] != 8) return 15;
    if (c[one]++ != 255 || c[1] != 0 || --c[1] != 255 || (c[one] += 300) != 43 || c[0] != 7 || c[2] != 8) return 16;
    if ((i[1] /= two) != 2147483644 || i[0] != 7 || i[2] != 8) return 17;
    i[one] = -8;
    if ((i[one] /= 2U) != 2147483644 || i[1] != 2147483644) return 19;
    i[1] = 1000;
    if ((i[one] /= 7000000000) != 0) return 21;
    i[1] = -7;
    if ((i[1] %= 10U) != 9) return 23;
    if ((u[1] /= -2L) != 2147483649) return 24;
    return 0;
}
