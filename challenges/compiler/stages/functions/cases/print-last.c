// What is printed last is not lost, though no line ends there: main returns to its caller.
// exit: 3
int putchar(int c);

int main(void) {
    putchar(65);
    putchar(66);
    return 3;
}
