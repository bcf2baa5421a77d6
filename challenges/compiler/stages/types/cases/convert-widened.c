// A switch widens its value as operators do, and its cases become what comes of it. `!` looks at all bits, in a value, too.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int switched(void) {
    unsigned char uc = 5;
    short s = -1;
    unsigned short us = 65535;
    unsigned u = 4294967295;
    long l;
    unsigned long ul = 18446744073709551615UL;
    switch (uc) { case 261: return 11; case -251: return 11; case 5: break; default: return 11; }
    uc = 255;
    switch (uc) { case -1: return 13; case 255: break; default: return 13; }
    switch (s) { case 65535: return 14; case -1: break; default: return 14; }
    switch (us) { case -1: return 15; case 65535: break; default: return 15; }
    switch (u) { case 5: return 16; case -1: break; default: return 16; }
    l = 4294967296 + 5;
    switch (l) { case 5: return 18; case 4294967301: break; default: return 18; }
    l = -1;
    switch (l) { case 4294967295: return 20; case 0xffffffff - 1: return 20; case -1: break; default: return 20; }
    switch (ul) { case 4294967295: return 21; case -1: break; default: return 21; }
    l = 1099511627776;
    switch (l) { case 0: return 23; case 2199023255552: return 23; case 1099511627776: break; default: return 23; }
    switch (l + uc) { case 255: return 24; case 1099511628031: break; default: return 24; }
    return 0;
}

int negated(void) {
    long l, zero = 0;
    unsigned long ul;
    int r;
    l = 4294967296;
    r = !l;
    if (r != 0) return 34;
    if (!l + 1 != 1) return 35;
    if (!!l != 1) return 36;
    if ((!l ? 5 : 6) != 6) return 37;
    if (!(l || zero)) return 38;
    if (!(l && l)) return 39;
    if (!(l == l)) return 40;
    if (!(l > zero)) return 41;
    if (-!l != 0) return 42;
    r = !zero;
    if (r != 1) return 44;
    if (!zero + 1 != 2) return 45;
    if (!!zero != 0) return 46;
    ul = 1UL << 63;
    r = !ul;
    if (r != 0) return 49;
    if (!!ul != 1) return 50;
    ul = ul << 1;
    r = !ul;
    if (r != 1) return 53;
    r = !4294967296;
    if (r != 0) return 55;
    r = !!1099511627776;
    if (r != 1) return 57;
    return 0;
}

int main(void) {
    int wrong = switched();
    return wrong ? wrong : negated();
}
