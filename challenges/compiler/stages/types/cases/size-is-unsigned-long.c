// sizeof is an unsigned long, and what it takes part in becomes one.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int i = -1;
    if (sizeof sizeof(int) != 8) return 6;
    if (sizeof(int) - 5 != 18446744073709551615UL) return 7;
    if ((sizeof(int) - 5 > 0) != 1) return 8;
    if ((i < sizeof(int)) != 0) return 9;
    if ((-1 > sizeof(char)) != 1) return 10;
    if (sizeof(short) * 4294967296 != 8589934592) return 11;
    if (sizeof(int) * 2147483647 != 8589934588) return 12;
    if (-sizeof(long) / 2 != 9223372036854775804) return 13;
    if (sizeof(i ? 1 : sizeof i) != 8) return 14;
    return 0;
}
