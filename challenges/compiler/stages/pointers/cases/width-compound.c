// `*p op= x` computes in the type of both operands, as `*p = *p op x` does, and then converts to what p points to.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
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
    if ((*pi /= two) != 2147483644 || i != 2147483644) return 18;
    i = -8;
    if ((*pi /= 2U) != 2147483644) return 20;
    i = -7;
    if ((*pi %= 10U) != 9) return 22;
    i = 1000;
    if ((*pi /= big) != 0 || i != 0) return 24;
    i = -7;
    if ((*pi %= big) != -7) return 26;
    i = 5;
    if ((*pi *= 3000000000) != 2115098112) return 28;
    i = -16;
    if ((*pi /= minus) != 8) return 30;
    u = 4000000000;
    if ((*pu /= minus) != 2294967296 || u != 2294967296) return 32;
    u = 4000000000;
    if ((*pu %= big) != 4000000000) return 34;
    u = 4000000000;
    if ((*pu /= -1) != 0) return 36;
    uc = 200;
    if ((*puc *= 2) != 144 || (*puc += 200) != 88 || (*puc -= 100) != 244) return 38;
    uc = 200;
    if ((*puc /= -3) != 190 || uc != 190) return 40;
    uc = 200;
    if ((*puc /= 1000) != 0) return 42;
    uc = 200;
    if ((*puc %= 300) != 200) return 44;
    uc = 255;
    if ((*puc <<= 1) != 254 || (*puc >>= 1) != 127) return 46;
    s = -3;
    if ((*ps /= 2) != -1 || (*ps *= 40000) != 25536) return 48;
    s = -3;
    if ((*ps /= two) != -2) return 50;
    us = 65535;
    if ((*pus /= -5) != 52429 || (*pus <<= 4) != 52432) return 52;
    return 0;
}
