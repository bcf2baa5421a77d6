// A type may be written with `int` at its end, `unsigned` as well, and is the same.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
unsigned long int big(unsigned short int a, long int b, unsigned int c, short int d);
unsigned long big(unsigned short a, long b, unsigned c, short d) {
    return a + b + c + d;
}

int main(void) {
    unsigned long int ul = 0;
    unsigned short int us = 0;
    unsigned int u = 0;
    if (sizeof(unsigned long int) != 8 || sizeof(unsigned short int) != 2 || sizeof(unsigned int) != 4) return 13;
    if (sizeof ul != 8 || sizeof us != 2 || sizeof u != 4) return 14;
    ul--, us--, u--;
    if (ul != 18446744073709551615UL) return 16;
    if (us != 65535) return 17;
    if (u != 4294967295) return 18;
    if ((unsigned short int)65537 != 1 || (unsigned long int)-1 != ul || (unsigned int)-1 != u) return 19;
    if (big(65537, -1, -1, 65535) != 4294967294) return 20;
    return 0;
}
