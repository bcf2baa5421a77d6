// A call may be a statement, whatever it returns, and a function may return nothing. It happens even if nobody uses its result.
// stdout: abcdefghijkl
int putchar(int c);

void print(int c) {
    if (c == 0)
        return;
    putchar(c);
}

int main(void) {
    print(97);
    print(0);
    putchar(98), print(99);
    putchar(100) + 1;
    -putchar(101);
    int zero = putchar(102) * 0;
    zero = putchar(103) & zero;
    if (putchar(104) && 0) zero = 1;
    if (putchar(105) || 1) ;
    if (0 * putchar(106)) zero = 1;
    !putchar(107);
    0 || putchar(108);
    print(10);
    return zero;
}
