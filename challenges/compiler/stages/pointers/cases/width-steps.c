// What a pointer points to steps in its own width, with a carry into all of its bytes and into none beside.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    long l = 4294967295, below = 0;
    long *pl = &l;
    unsigned long ul = 0;
    unsigned long *pul = &ul;
    unsigned u = 4294967295;
    unsigned *pu = &u;
    short s = 255;
    short *ps = &s;
    unsigned short us = 65535;
    unsigned short *pus = &us;
    unsigned char uc = 255;
    unsigned char *puc = &uc;
    long **ppl = &pl;
    if ((*pl)++ != 4294967295 || l != 4294967296) return 18;
    if (++*pl != 4294967297 || l != 4294967297) return 19;
    if ((*pl -= 2) != 4294967295 || l != 4294967295) return 20;
    if (++*pl != 4294967296 || (*pl)-- != 4294967296 || l != 4294967295) return 21;
    if (++**ppl != 4294967296 || (**ppl)++ != 4294967296 || l != 4294967297) return 22;
    if ((*pl += 4294967296) != 8589934593 || (*pl *= 4) != 34359738372 || (*pl >>= 2) != 8589934593) return 23;
    if ((*pul)-- != 0 || ul != 18446744073709551615UL) return 24;
    if (++*pul != 0 || --*pul != 18446744073709551615UL || (*pul /= 16) != 1152921504606846975) return 25;
    if ((*pu)++ != 4294967295 || u != 0 || --*pu != 4294967295 || u != 4294967295) return 26;
    if ((*ps)++ != 255 || s != 256 || --*ps != 255 || s != 255) return 27;
    if ((*pus)++ != 65535 || us != 0 || --*pus != 65535) return 28;
    if ((*puc)++ != 255 || uc != 0 || --*puc != 255 || uc != 255) return 29;
    if (below != 0) return 30;
    (*pl)++;
    (*pus)++;
    --*puc;
    if (l != 8589934594 || us != 0 || uc != 254) return 34;
    return 0;
}
