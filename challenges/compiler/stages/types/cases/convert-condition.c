// A number is true if any of its bits is set, as many as its type has.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    unsigned char uc, uz = 0;
    short s;
    unsigned short us;
    int i, rounds = 0;
    unsigned u;
    long l, zero = 0;
    unsigned long ul;
    l = 4294967296;
    if (l) ; else return 13;
    if (!l) return 14;
    if ((l ? 1 : 2) != 1) return 15;
    if ((l && 1) != 1) return 16;
    if ((1 && l) != 1) return 17;
    if ((l || zero) != 1) return 18;
    if ((zero || l) != 1) return 19;
    for (rounds = 0; l && rounds < 2; rounds++) ;
    if (rounds != 2) return 21;
    while (l) { l = 0; rounds++; }
    if (rounds != 3) return 23;
    do { rounds++; l = rounds < 5 ? 4294967296 : 0; } while (l);
    if (rounds != 5) return 25;
    l = -4294967296;
    if (l) ; else return 27;
    if (!l) return 28;
    if ((l ? 1 : 2) != 1) return 29;
    if ((l && 1) != 1) return 30;
    if ((1 && l) != 1) return 31;
    if ((l || zero) != 1) return 32;
    if ((zero || l) != 1) return 33;
    for (rounds = 0; l && rounds < 2; rounds++) ;
    if (rounds != 2) return 35;
    while (l) { l = 0; rounds++; }
    if (rounds != 3) return 37;
    do { rounds++; l = rounds < 5 ? -4294967296 : 0; } while (l);
    if (rounds != 5) return 39;
    l = 1099511627776;
    if (l) ; else return 41;
    if (!l) return 42;
    if ((l ? 1 : 2) != 1) return 43;
    if ((l && 1) != 1) return 44;
    if ((1 && l) != 1) return 45;
    if ((l || zero) != 1) return 46;
    if ((zero || l) != 1) return 47;
    for (rounds = 0; l && rounds < 2; rounds++) ;
    if (rounds != 2) return 49;
    while (l) { l = 0; rounds++; }
    if (rounds != 3) return 51;
    do { rounds++; l = rounds < 5 ? 1099511627776 : 0; } while (l);
    if (rounds != 5) return 53;
    ul = 9223372036854775808UL;
    if (ul) ; else return 55;
    if (!ul) return 56;
    if ((ul ? 1 : 2) != 1) return 57;
    if ((ul && 1) != 1) return 58;
    if ((1 && ul) != 1) return 59;
    if ((ul || zero) != 1) return 60;
    if ((zero || ul) != 1) return 61;
    for (rounds = 0; ul && rounds < 2; rounds++) ;
    if (rounds != 2) return 63;
    while (ul) { ul = 0; rounds++; }
    if (rounds != 3) return 65;
    do { rounds++; ul = rounds < 5 ? 9223372036854775808UL : 0; } while (ul);
    if (rounds != 5) return 67;
    u = 2147483648;
    if (u) ; else return 69;
    if (!u) return 70;
    if ((u ? 1 : 2) != 1) return 71;
    if ((u && 1) != 1) return 72;
    if ((1 && u) != 1) return 73;
    if ((u || zero) != 1) return 74;
    if ((zero || u) != 1) return 75;
    for (rounds = 0; u && rounds < 2; rounds++) ;
    if (rounds != 2) return 77;
    while (u) { u = 0; rounds++; }
    if (rounds != 3) return 79;
    do { rounds++; u = rounds < 5 ? 2147483648 : 0; } while (u);
    if (rounds != 5) return 81;
    i = 65536;
    if (i) ; else return 83;
    if (!i) return 84;
    if ((i ? 1 : 2) != 1) return 85;
    if ((i && 1) != 1) return 86;
    if ((1 && i) != 1) return 87;
    if ((i || zero) != 1) return 88;
    if ((zero || i) != 1) return 89;
    for (rounds = 0; i && rounds < 2; rounds++) ;
    if (rounds != 2) return 91;
    while (i) { i = 0; rounds++; }
    if (rounds != 3) return 93;
    do { rounds++; i = rounds < 5 ? 65536 : 0; } while (i);
    if (rounds != 5) return 95;
    s = 256;
    if (s) ; else return 97;
    if (!s) return 98;
    if ((s ? 1 : 2) != 1) return 99;
    if ((s && 1) != 1) return 100;
    if ((1 && s) != 1) return 101;
    if ((s || zero) != 1) return 102;
    if ((zero || s) != 1) return 103;
    for (rounds = 0; s && rounds < 2; rounds++) ;
    if (rounds != 2) return 105;
    while (s) { s = 0; rounds++; }
    if (rounds != 3) return 107;
    do { rounds++; s = rounds < 5 ? 256 : 0; } while (s);
    if (rounds != 5) return 109;
    us = 32768;
    if (us) ; else return 111;
    if (!us) return 112;
    if ((us ? 1 : 2) != 1) return 113;
    if ((us && 1) != 1) return 114;
    if ((1 && us) != 1) return 115;
    if ((us || zero) != 1) return 116;
    if ((zero || us) != 1) return 117;
    for (rounds = 0; us && rounds < 2; rounds++) ;
    if (rounds != 2) return 119;
    while (us) { us = 0; rounds++; }
    if (rounds != 3) return 121;
    do { rounds++; us = rounds < 5 ? 32768 : 0; } while (us);
    if (rounds != 5) return 123;
    uc = 128;
    if (uc) ; else return 125;
    if (!uc) return 126;
    if ((uc ? 1 : 2) != 1) return 127;
    if ((uc && 1) != 1) return 128;
    if ((1 && uc) != 1) return 129;
    if ((uc || zero) != 1) return 130;
    if ((zero || uc) != 1) return 131;
    for (rounds = 0; uc && rounds < 2; rounds++) ;
    if (rounds != 2) return 133;
    while (uc) { uc = 0; rounds++; }
    if (rounds != 3) return 135;
    do { rounds++; uc = rounds < 5 ? 128 : 0; } while (uc);
    if (rounds != 5) return 137;
    if (uc = 256) return 138;
    if (us = 65536) return 139;
    if (i = 4294967296) return 140;
    if (uz + 256) ; else return 141;
    l = 4294967297;
    switch (l) {
    case 1:
        return 145;
    case 4294967297:
        break;
    default:
        return 149;
    }
    uc = 255;
    switch (uc + 1) {
    case 0:
        return 154;
    case 256:
        break;
    default:
        return 158;
    }
    return 0;
}
