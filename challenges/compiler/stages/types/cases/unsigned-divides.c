// Division and remainder of unsigned numbers whose top bit is set.
// exit: 63
int main(void) {
    unsigned a = 4000000000U;
    unsigned long b = 0;
    b--;
    return (a / 1000000000 == 4) * 1 + (a % 7 == 3) * 2 + (b / 2 == 9223372036854775807) * 4 + (b % 10 == 5) * 8
        + (a / 2 * 2 == a) * 16 + (a > 3999999999U) * 32;
}
