// A call may be a statement, whatever it returns, and a function may return nothing.
// stdout: ab
int putchar(int c);

void print(int c) {
    if (c == 0)
        return;
    putchar(c);
}

int main(void) {
    print(97);
    print(0);
    putchar(98), print(10);
    return 0;
}
