// putchar is declared here and linked from the C library: it prints one character.
// stdout: Hi!
int putchar(int c);

int main(void) {
    putchar(72);
    putchar(105);
    putchar(33);
    putchar(10);
    return 0;
}
