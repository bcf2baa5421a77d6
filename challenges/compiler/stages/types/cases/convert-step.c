// A sign and ~ widen narrow numbers first. A step keeps its variable's type, at both ends of it.
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
    if (-uc1 != -200L) return 12;
    if (+uc1 != 200L) return 13;
    if (~uc1 != -201L) return 14;
    if (!uc1 != 0L) return 15;
    if (-uc2 != -255L) return 16;
    if (+uc2 != 255L) return 17;
    if (~uc2 != -256L) return 18;
    if (!uc2 != 0L) return 19;
    if (-uc3 != -3L) return 20;
    if (+uc3 != 3L) return 21;
    if (~uc3 != -4L) return 22;
    if (!uc3 != 0L) return 23;
    if (-s1 != 3L) return 24;
    if (+s1 != -3L) return 25;
    if (~s1 != 2L) return 26;
    if (!s1 != 0L) return 27;
    if (-s2 != 32768L) return 28;
    if (+s2 != -32768L) return 29;
    if (~s2 != 32767L) return 30;
    if (!s2 != 0L) return 31;
    if (-s3 != -30000L) return 32;
    if (+s3 != 30000L) return 33;
    if (~s3 != -30001L) return 34;
    if (!s3 != 0L) return 35;
    if (-us1 != -65535L) return 36;
    if (+us1 != 65535L) return 37;
    if (~us1 != -65536L) return 38;
    if (!us1 != 0L) return 39;
    if (-us2 != -40000L) return 40;
    if (+us2 != 40000L) return 41;
    if (~us2 != -40001L) return 42;
    if (!us2 != 0L) return 43;
    if (-us3 != -5L) return 44;
    if (+us3 != 5L) return 45;
    if (~us3 != -6L) return 46;
    if (!us3 != 0L) return 47;
    if (-i1 != 7L) return 48;
    if (+i1 != -7L) return 49;
    if (~i1 != 6L) return 50;
    if (!i1 != 0L) return 51;
    if (-i2 != -2147483647L) return 52;
    if (+i2 != 2147483647L) return 53;
    if (~i2 != -2147483648L) return 54;
    if (!i2 != 0L) return 55;
    if (-i3 != -65537L) return 56;
    if (+i3 != 65537L) return 57;
    if (~i3 != -65538L) return 58;
    if (!i3 != 0L) return 59;
    if (-u1 != 1L) return 60;
    if (+u1 != 4294967295L) return 61;
    if (~u1 != 0L) return 62;
    if (!u1 != 0L) return 63;
    if (-u2 != 294967296L) return 64;
    if (+u2 != 4000000000L) return 65;
    if (~u2 != 294967295L) return 66;
    if (!u2 != 0L) return 67;
    if (-u3 != 4294967290L) return 68;
    if (+u3 != 6L) return 69;
    if (~u3 != 4294967289L) return 70;
    if (!u3 != 0L) return 71;
    if (-l1 != 5000000000L) return 72;
    if (+l1 != -5000000000L) return 73;
    if (~l1 != 4999999999L) return 74;
    if (!l1 != 0L) return 75;
    if (-l2 != -4294967297L) return 76;
    if (+l2 != 4294967297L) return 77;
    if (~l2 != -4294967298L) return 78;
    if (!l2 != 0L) return 79;
    if (-l3 != 1L) return 80;
    if (+l3 != -1L) return 81;
    if (~l3 != 0L) return 82;
    if (!l3 != 0L) return 83;
    if (-ul1 != 1L) return 84;
    if (+ul1 != 18446744073709551615UL) return 85;
    if (~ul1 != 0L) return 86;
    if (!ul1 != 0L) return 87;
    if (-ul2 != 18446744069414584318UL) return 88;
    if (+ul2 != 4294967298L) return 89;
    if (~ul2 != 18446744069414584317UL) return 90;
    if (!ul2 != 0L) return 91;
    if (-ul3 != 18446744073709551607UL) return 92;
    if (+ul3 != 9L) return 93;
    if (~ul3 != 18446744073709551606UL) return 94;
    if (!ul3 != 0L) return 95;
    { unsigned char x = 255; if (++x != 0L || x != 0L) return 96; }
    { unsigned char x = 255; if (x++ != 255L || x != 0L) return 97; }
    { unsigned char x = 0; if (--x != 255L || x != 255L) return 98; }
    { unsigned char x = 0; if (x-- != 0L || x != 255L) return 99; }
    { short x = 32767; if (++x != -32768L || x != -32768L) return 100; }
    { short x = 32767; if (x++ != 32767L || x != -32768L) return 101; }
    { short x = -32768; if (--x != 32767L || x != 32767L) return 102; }
    { short x = -32768; if (x-- != -32768L || x != 32767L) return 103; }
    { unsigned short x = 65535; if (++x != 0L || x != 0L) return 104; }
    { unsigned short x = 65535; if (x++ != 65535L || x != 0L) return 105; }
    { unsigned short x = 0; if (--x != 65535L || x != 65535L) return 106; }
    { unsigned short x = 0; if (x-- != 0L || x != 65535L) return 107; }
    { int x = 2147483646; if (++x != 2147483647L || x != 2147483647L) return 108; }
    { int x = 2147483646; if (x++ != 2147483646L || x != 2147483647L) return 109; }
    { int x = -2147483646; if (--x != -2147483647L || x != -2147483647L) return 110; }
    { int x = -2147483646; if (x-- != -2147483646L || x != -2147483647L) return 111; }
    { unsigned x = 4294967295; if (++x != 0L || x != 0L) return 112; }
    { unsigned x = 4294967295; if (x++ != 4294967295L || x != 0L) return 113; }
    { unsigned x = 0; if (--x != 4294967295L || x != 4294967295L) return 114; }
    { unsigned x = 0; if (x-- != 0L || x != 4294967295L) return 115; }
    { long x = 9223372036854775806; if (++x != 9223372036854775807L || x != 9223372036854775807L) return 116; }
    { long x = 9223372036854775806; if (x++ != 9223372036854775806L || x != 9223372036854775807L) return 117; }
    { long x = -9223372036854775806; if (--x != -9223372036854775807L || x != -9223372036854775807L) return 118; }
    { long x = -9223372036854775806; if (x-- != -9223372036854775806L || x != -9223372036854775807L) return 119; }
    { unsigned long x = 18446744073709551615UL; if (++x != 0L || x != 0L) return 120; }
    { unsigned long x = 18446744073709551615UL; if (x++ != 18446744073709551615UL || x != 0L) return 121; }
    { unsigned long x = 0; if (--x != 18446744073709551615UL || x != 18446744073709551615UL) return 122; }
    { unsigned long x = 0; if (x-- != 0L || x != 18446744073709551615UL) return 123; }
    return 0;
}
