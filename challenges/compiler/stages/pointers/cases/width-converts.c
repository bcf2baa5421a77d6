// What is written through a pointer is converted to what it points to, and so is the result.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    unsigned char uc = 200;
    short s = 0;
    unsigned short us = 65535;
    int i = -7;
    unsigned u = 4000000000;
    long l = -1;
    unsigned long ul = 0;
    unsigned char *puc = &uc;
    short *ps = &s;
    unsigned short *pus = &us;
    int *pi = &i;
    unsigned *pu = &u;
    long *pl = &l;
    unsigned long *pul = &ul;
    if (*puc + *puc != 400L) return 19;
    if ((*puc += 100) != 44L || uc != 44L) return 20;
    if ((*puc = l) != 255L || uc != 255L) return 21;
    if ((*puc)++ != 255L || uc != 0L) return 22;
    if ((*ps = us) != -1L || s != -1L) return 23;
    if ((*ps -= 32768) != 32767L || s != 32767L) return 24;
    if (*pus + 1 != 65536L) return 25;
    if ((*pus /= -5) != 52429L || us != 52429L) return 26;
    if ((*pi = u) != -294967296L || i != -294967296L) return 27;
    if ((*pi /= *pu) != 1L) return 28;
    if ((*pi = -7, *pi < *pu) != 0L) return 29;
    if ((*pu = *pi) != 4294967289L) return 30;
    if ((*pl = *pi) != -7L) return 31;
    if ((*pl = *pu) != 4294967289L) return 32;
    if ((*pul = *pi) != 18446744073709551609UL) return 33;
    if ((*pul > *pl) != 1L) return 34;
    if ((*pl *= *pi) != -30064771023L) return 35;
    return 0;
}
