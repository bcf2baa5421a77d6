// long has 64 bits, and so does what is computed with it.
// exit: 42
int main(void) {
    long a = 3000000000;
    long b = a * 7;
    b = b + a;
    return b / 1000000000 + (b == 24000000000) * 18;
}
