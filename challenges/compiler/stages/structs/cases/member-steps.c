// Members step and compute in their own width, and touch nothing beside them.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
struct wide { int before; long l; unsigned u; short s; unsigned char c, after; int i; };

int main(void) {
    struct wide a = {7, 4294967295, 4294967295, 255, 255, 8, -8}, *p = &a;
    unsigned two = 2;
    if (a.l++ != 4294967295 || a.l != 4294967296 || ++p->l != 4294967297 || (p->l -= 2) != 4294967295) return 9;
    if (++a.l != 4294967296 || p->l-- != 4294967296 || a.l != 4294967295) return 10;
    if ((p->l *= 4) != 17179869180 || (a.l >>= 2) != 4294967295) return 11;
    if (p->u++ != 4294967295 || a.u != 0 || --a.u != 4294967295 || (p->u /= -2L) != 2147483649) return 12;
    if (a.s++ != 255 || p->s != 256 || (p->s *= 200) != -14336) return 13;
    if (p->c++ != 255 || a.c != 0 || --a.c != 255 || (a.c += 300) != 43) return 14;
    if ((p->i /= two) != 2147483644 || a.i != 2147483644) return 15;
    a.i = 1000;
    if ((a.i /= 7000000000) != 0) return 17;
    a.i = -7;
    if ((a.i %= 10U) != 9) return 19;
    if (a.before != 7 || a.after != 8) return 20;
    return 0;
}
