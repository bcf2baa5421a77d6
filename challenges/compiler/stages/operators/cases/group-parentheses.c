// Parentheses come before everything.
// exit: 44
int main(void) {
    return (2 + 3) * (10 - (4 - 2)) + 2 * (1 + 1);
}
