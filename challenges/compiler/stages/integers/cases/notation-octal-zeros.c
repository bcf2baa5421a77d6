// Zeros at the front of an octal number change nothing.
// exit: 7
int main(void) {
    return 0007;
}
