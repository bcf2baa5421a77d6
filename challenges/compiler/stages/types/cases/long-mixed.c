// An int meets a long as a long: nothing overflows, on either side.
// exit: 15
int main(void) {
    int a = 2000000000;
    long b = 4;
    return (a * b == 8000000000) + (b * a == 8000000000) * 2 + (a + b > 2000000000) * 4 + (1L << 40 > a) * 8;
}
