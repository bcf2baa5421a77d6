// What a pointer leads to is stepped in its own width. `*p op= x` computes in the type of both, and then converts.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int steps(void) {
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

int compound(void) {
    unsigned char uc;
    short s;
    unsigned short us;
    int i;
    unsigned u;
    unsigned char *puc = &uc;
    short *ps = &s;
    unsigned short *pus = &us;
    int *pi = &i;
    unsigned *pu = &u;
    unsigned two = 2;
    long big = 7000000000, minus = -2;
    i = -8;
    if ((*pi /= two) != 2147483644 || i != 2147483644) return 52;
    i = -8;
    if ((*pi /= 2U) != 2147483644) return 54;
    i = -7;
    if ((*pi %= 10U) != 9) return 56;
    i = 1000;
    if ((*pi /= big) != 0 || i != 0) return 58;
    i = -7;
    if ((*pi %= big) != -7) return 60;
    i = 5;
    if ((*pi *= 3000000000) != 2115098112) return 62;
    i = -16;
    if ((*pi /= minus) != 8) return 64;
    u = 4000000000;
    if ((*pu /= minus) != 2294967296 || u != 2294967296) return 66;
    u = 4000000000;
    if ((*pu %= big) != 4000000000) return 68;
    u = 4000000000;
    if ((*pu /= -1) != 0) return 70;
    uc = 200;
    if ((*puc *= 2) != 144 || (*puc += 200) != 88 || (*puc -= 100) != 244) return 72;
    uc = 200;
    if ((*puc /= -3) != 190 || uc != 190) return 74;
    uc = 200;
    if ((*puc /= 1000) != 0) return 76;
    uc = 200;
    if ((*puc %= 300) != 200) return 78;
    uc = 255;
    if ((*puc <<= 1) != 254 || (*puc >>= 1) != 127) return 80;
    s = -3;
    if ((*ps /= 2) != -1 || (*ps *= 40000) != 25536) return 82;
    s = -3;
    if ((*ps /= two) != -2) return 84;
    us = 65535;
    if ((*pus /= -5) != 52429 || (*pus <<= 4) != 52432) return 86;
    return 0;
}

int main(void) {
    int wrong = steps();
    return wrong ? wrong : compound();
}
