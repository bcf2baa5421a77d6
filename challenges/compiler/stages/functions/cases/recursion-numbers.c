// Digits of a number, printed by a function that calls itself.
// stdout: 0 7 42 -1234567
int putchar(int c);

void print(int n) {
    if (n < 0) {
        putchar(45);
        n = -n;
    }
    if (n > 9)
        print(n / 10);
    putchar(48 + n % 10);
}

int main(void) {
    print(0);
    putchar(32);
    print(7);
    putchar(32);
    print(42);
    putchar(32);
    print(-1234567);
    putchar(10);
    return 0;
}
