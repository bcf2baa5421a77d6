// A call happens even if its result is not used, or cannot change what comes of it.
// stdout: abcdefghijkl
int putchar(int c);

int print(int c) {
    putchar(c);
    return c;
}

int main(void) {
    print(97) + 1;
    -print(98);
    print(99) == 99;
    print(100), 0;
    int zero = print(101) * 0;
    zero = zero | print(102) & 0;
    if (print(103) && 0) zero = 1;
    if (print(104) || 1) ;
    if (0 * print(105)) zero = 1;
    zero = print(106) % 1;
    0 || print(107);
    !print(108);
    putchar(10);
    return zero;
}
