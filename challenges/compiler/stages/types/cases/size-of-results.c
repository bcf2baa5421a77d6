// sizeof shows the type of a result: what is narrow becomes int, and a comparison is an int. `int` may end the name of a type.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int results(void) {
    char c = 1, d = 2;
    short s = 3;
    unsigned short us = 4;
    int i = 5;
    long l = 6;
    unsigned long ul = 7;
    if (sizeof(+c) != 4 || sizeof(-c) != 4 || sizeof(~c) != 4 || sizeof(!c) != 4) return 11;
    if (sizeof(+s) != 4 || sizeof(-us) != 4 || sizeof(~us) != 4 || sizeof(!s) != 4) return 12;
    if (sizeof(+l) != 8 || sizeof(-l) != 8 || sizeof(~ul) != 8 || sizeof(!l) != 4) return 13;
    if (sizeof(c ? c : d) != 4 || sizeof(s ? s : s) != 4 || sizeof(c ? us : us) != 4) return 14;
    if (sizeof(c ? l : c) != 8 || sizeof(l ? i : c) != 4 || sizeof(c ? i : ul) != 8) return 15;
    if (sizeof(l == l) != 4 || sizeof(l < ul) != 4 || sizeof(c >= c) != 4 || sizeof(l != i) != 4) return 16;
    if (sizeof(l && l) != 4 || sizeof(l || c) != 4) return 17;
    if (sizeof(c + d) != 4 || sizeof(c * d) != 4 || sizeof(s % us) != 4 || sizeof(c & d) != 4) return 18;
    if (sizeof(c << 1) != 4 || sizeof(i << l) != 4 || sizeof(l >> c) != 8 || sizeof(us >> ul) != 4) return 19;
    if (sizeof(c = l) != 1 || sizeof(s += l) != 2 || sizeof(l = c) != 8 || sizeof(i *= l) != 4) return 20;
    if (sizeof(c++) != 1 || sizeof(++s) != 2 || sizeof(l--) != 8 || sizeof(--us) != 2) return 21;
    if (sizeof(c, l) != 8 || sizeof((char)l) != 1 || sizeof((long)c) != 8 || sizeof((unsigned short)i) != 2) return 22;
    if (sizeof 'A' != 4 || sizeof c != 1 || sizeof(c) != 1 || sizeof((c)) != 1) return 23;
    if ((-1 < (ul == 7)) != 1 || (-1 < (1U < 2U)) != 1) return 24;
    return 0;
}

unsigned long int big(unsigned short int a, long int b, unsigned int c, short int d);
unsigned long big(unsigned short a, long b, unsigned c, short d) {
    return a + b + c + d;
}

int names(void) {
    unsigned long int ul = 0;
    unsigned short int us = 0;
    unsigned int u = 0;
    if (sizeof(unsigned long int) != 8 || sizeof(unsigned short int) != 2 || sizeof(unsigned int) != 4) return 37;
    if (sizeof ul != 8 || sizeof us != 2 || sizeof u != 4) return 38;
    ul--, us--, u--;
    if (ul != 18446744073709551615UL) return 40;
    if (us != 65535) return 41;
    if (u != 4294967295) return 42;
    if ((unsigned short int)65537 != 1 || (unsigned long int)-1 != ul || (unsigned int)-1 != u) return 43;
    if (big(65537, -1, -1, 65535) != 4294967294) return 44;
    return 0;
}

int main(void) {
    int wrong = results();
    return wrong ? wrong : names();
}
