// Beyond the named parameters narrow numbers are passed as int, with their value.
// stdout: 200 -3 65535
// stdout: 300 -65535 -201
// stdout: 44 65535
// stdout: 255 254 -2
// stdout: 4000000000 -5000000000 -1000000000
// stdout: 1 2 3 4 5 -3 0
// stdout: 44 0
// stdout: -3 18446744073709551613
int printf(const char *format, ...);

unsigned char eight(long value) {
    return value;
}

int main(void) {
    unsigned char uc = 200;
    short s = -3;
    unsigned short us = 65535;
    unsigned u = 4000000000;
    long l = -5000000000;
    unsigned char list[2] = {255, 254};
    printf("%d %d %d\n", uc, s, us);
    printf("%d %d %d\n", uc + 100, -us, ~uc);
    printf("%d %d\n", uc += 100, us++);
    printf("%d %d %d\n", list[0], list[1]--, (short)65534);
    printf("%u %ld %ld\n", u, l, l + u);
    printf("%d %d %d %d %d %d %d\n", 1, 2, 3, 4, 5, s, us);
    printf("%d %d\n", eight(300), (unsigned char)l);
    printf("%ld %lu\n", (long)s, (unsigned long)s);
    return 0;
}
