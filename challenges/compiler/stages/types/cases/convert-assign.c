// An assignment and a cast convert to their own type, and so does the initialiser of a variable.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    unsigned char uc1 = 200, uc2 = 255, uc3 = 3;
    short s1 = -3, s2 = -32768, s3 = 30000;
    unsigned short us1 = 65535, us2 = 40000, us3 = 5;
    int i1 = -7, i2 = 2147483647, i3 = 65537;
    unsigned u1 = 4294967295, u2 = 4000000000, u3 = 6;
    long l1 = -5000000000, l2 = 4294967297, l3 = -1;
    unsigned long ul1 = 18446744073709551615UL, ul2 = 4294967298, ul3 = 9;
    unsigned char uc;
    short s;
    unsigned short us;
    int i;
    unsigned u;
    long l;
    unsigned long ul;
    if ((uc = uc1) != 200L || uc != 200L) return 19;
    if ((unsigned char)uc1 != 200L) return 20;
    { unsigned char x = uc1; if (x != 200L) return 21; }
    if ((uc = s1) != 253L || uc != 253L) return 22;
    if ((unsigned char)s1 != 253L) return 23;
    { unsigned char x = s1; if (x != 253L) return 24; }
    if ((uc = us1) != 255L || uc != 255L) return 25;
    if ((unsigned char)us1 != 255L) return 26;
    { unsigned char x = us1; if (x != 255L) return 27; }
    if ((uc = i1) != 249L || uc != 249L) return 28;
    if ((unsigned char)i1 != 249L) return 29;
    { unsigned char x = i1; if (x != 249L) return 30; }
    if ((uc = u1) != 255L || uc != 255L) return 31;
    if ((unsigned char)u1 != 255L) return 32;
    { unsigned char x = u1; if (x != 255L) return 33; }
    if ((uc = l1) != 0L || uc != 0L) return 34;
    if ((unsigned char)l1 != 0L) return 35;
    { unsigned char x = l1; if (x != 0L) return 36; }
    if ((uc = ul1) != 255L || uc != 255L) return 37;
    if ((unsigned char)ul1 != 255L) return 38;
    { unsigned char x = ul1; if (x != 255L) return 39; }
    if ((s = uc1) != 200L || s != 200L) return 40;
    if ((short)uc1 != 200L) return 41;
    { short x = uc1; if (x != 200L) return 42; }
    if ((s = s1) != -3L || s != -3L) return 43;
    if ((short)s1 != -3L) return 44;
    { short x = s1; if (x != -3L) return 45; }
    if ((s = us1) != -1L || s != -1L) return 46;
    if ((short)us1 != -1L) return 47;
    { short x = us1; if (x != -1L) return 48; }
    if ((s = i2) != -1L || s != -1L) return 49;
    if ((short)i2 != -1L) return 50;
    { short x = i2; if (x != -1L) return 51; }
    if ((s = u1) != -1L || s != -1L) return 52;
    if ((short)u1 != -1L) return 53;
    { short x = u1; if (x != -1L) return 54; }
    if ((s = l1) != 3584L || s != 3584L) return 55;
    if ((short)l1 != 3584L) return 56;
    { short x = l1; if (x != 3584L) return 57; }
    if ((s = ul1) != -1L || s != -1L) return 58;
    if ((short)ul1 != -1L) return 59;
    { short x = ul1; if (x != -1L) return 60; }
    if ((us = uc1) != 200L || us != 200L) return 61;
    if ((unsigned short)uc1 != 200L) return 62;
    { unsigned short x = uc1; if (x != 200L) return 63; }
    if ((us = s1) != 65533L || us != 65533L) return 64;
    if ((unsigned short)s1 != 65533L) return 65;
    { unsigned short x = s1; if (x != 65533L) return 66; }
    if ((us = us1) != 65535L || us != 65535L) return 67;
    if ((unsigned short)us1 != 65535L) return 68;
    { unsigned short x = us1; if (x != 65535L) return 69; }
    if ((us = i1) != 65529L || us != 65529L) return 70;
    if ((unsigned short)i1 != 65529L) return 71;
    { unsigned short x = i1; if (x != 65529L) return 72; }
    if ((us = u1) != 65535L || us != 65535L) return 73;
    if ((unsigned short)u1 != 65535L) return 74;
    { unsigned short x = u1; if (x != 65535L) return 75; }
    if ((us = l1) != 3584L || us != 3584L) return 76;
    if ((unsigned short)l1 != 3584L) return 77;
    { unsigned short x = l1; if (x != 3584L) return 78; }
    if ((us = ul1) != 65535L || us != 65535L) return 79;
    if ((unsigned short)ul1 != 65535L) return 80;
    { unsigned short x = ul1; if (x != 65535L) return 81; }
    if ((i = uc1) != 200L || i != 200L) return 82;
    if ((int)uc1 != 200L) return 83;
    { int x = uc1; if (x != 200L) return 84; }
    if ((i = s1) != -3L || i != -3L) return 85;
    if ((int)s1 != -3L) return 86;
    { int x = s1; if (x != -3L) return 87; }
    if ((i = us1) != 65535L || i != 65535L) return 88;
    if ((int)us1 != 65535L) return 89;
    { int x = us1; if (x != 65535L) return 90; }
    if ((i = i1) != -7L || i != -7L) return 91;
    if ((int)i1 != -7L) return 92;
    { int x = i1; if (x != -7L) return 93; }
    if ((i = u1) != -1L || i != -1L) return 94;
    if ((int)u1 != -1L) return 95;
    { int x = u1; if (x != -1L) return 96; }
    if ((i = l1) != -705032704L || i != -705032704L) return 97;
    if ((int)l1 != -705032704L) return 98;
    { int x = l1; if (x != -705032704L) return 99; }
    if ((i = ul1) != -1L || i != -1L) return 100;
    if ((int)ul1 != -1L) return 101;
    { int x = ul1; if (x != -1L) return 102; }
    if ((u = uc1) != 200L || u != 200L) return 103;
    if ((unsigned)uc1 != 200L) return 104;
    { unsigned x = uc1; if (x != 200L) return 105; }
    if ((u = s1) != 4294967293L || u != 4294967293L) return 106;
    if ((unsigned)s1 != 4294967293L) return 107;
    { unsigned x = s1; if (x != 4294967293L) return 108; }
    if ((u = us1) != 65535L || u != 65535L) return 109;
    if ((unsigned)us1 != 65535L) return 110;
    { unsigned x = us1; if (x != 65535L) return 111; }
    if ((u = i1) != 4294967289L || u != 4294967289L) return 112;
    if ((unsigned)i1 != 4294967289L) return 113;
    { unsigned x = i1; if (x != 4294967289L) return 114; }
    if ((u = u1) != 4294967295L || u != 4294967295L) return 115;
    if ((unsigned)u1 != 4294967295L) return 116;
    { unsigned x = u1; if (x != 4294967295L) return 117; }
    if ((u = l1) != 3589934592L || u != 3589934592L) return 118;
    if ((unsigned)l1 != 3589934592L) return 119;
    { unsigned x = l1; if (x != 3589934592L) return 120; }
    if ((u = ul1) != 4294967295L || u != 4294967295L) return 121;
    if ((unsigned)ul1 != 4294967295L) return 122;
    { unsigned x = ul1; if (x != 4294967295L) return 123; }
    if ((l = uc1) != 200L || l != 200L) return 124;
    if ((long)uc1 != 200L) return 125;
    { long x = uc1; if (x != 200L) return 126; }
    if ((l = s1) != -3L || l != -3L) return 127;
    if ((long)s1 != -3L) return 128;
    { long x = s1; if (x != -3L) return 129; }
    if ((l = us1) != 65535L || l != 65535L) return 130;
    if ((long)us1 != 65535L) return 131;
    { long x = us1; if (x != 65535L) return 132; }
    if ((l = i1) != -7L || l != -7L) return 133;
    if ((long)i1 != -7L) return 134;
    { long x = i1; if (x != -7L) return 135; }
    if ((l = u1) != 4294967295L || l != 4294967295L) return 136;
    if ((long)u1 != 4294967295L) return 137;
    { long x = u1; if (x != 4294967295L) return 138; }
    if ((l = l1) != -5000000000L || l != -5000000000L) return 139;
    if ((long)l1 != -5000000000L) return 140;
    { long x = l1; if (x != -5000000000L) return 141; }
    if ((l = ul1) != -1L || l != -1L) return 142;
    if ((long)ul1 != -1L) return 143;
    { long x = ul1; if (x != -1L) return 144; }
    if ((ul = uc1) != 200L || ul != 200L) return 145;
    if ((unsigned long)uc1 != 200L) return 146;
    { unsigned long x = uc1; if (x != 200L) return 147; }
    if ((ul = s1) != 18446744073709551613UL || ul != 18446744073709551613UL) return 148;
    if ((unsigned long)s1 != 18446744073709551613UL) return 149;
    { unsigned long x = s1; if (x != 18446744073709551613UL) return 150; }
    if ((ul = us1) != 65535L || ul != 65535L) return 151;
    if ((unsigned long)us1 != 65535L) return 152;
    { unsigned long x = us1; if (x != 65535L) return 153; }
    if ((ul = i1) != 18446744073709551609UL || ul != 18446744073709551609UL) return 154;
    if ((unsigned long)i1 != 18446744073709551609UL) return 155;
    { unsigned long x = i1; if (x != 18446744073709551609UL) return 156; }
    if ((ul = u1) != 4294967295L || ul != 4294967295L) return 157;
    if ((unsigned long)u1 != 4294967295L) return 158;
    { unsigned long x = u1; if (x != 4294967295L) return 159; }
    if ((ul = l1) != 18446744068709551616UL || ul != 18446744068709551616UL) return 160;
    if ((unsigned long)l1 != 18446744068709551616UL) return 161;
    { unsigned long x = l1; if (x != 18446744068709551616UL) return 162; }
    if ((ul = ul1) != 18446744073709551615UL || ul != 18446744073709551615UL) return 163;
    if ((unsigned long)ul1 != 18446744073709551615UL) return 164;
    { unsigned long x = ul1; if (x != 18446744073709551615UL) return 165; }
    return 0;
}
