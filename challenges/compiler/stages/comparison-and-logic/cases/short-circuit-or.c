// The right side of || is not evaluated when the left one is not 0.
// exit: 21
int main(void) {
    return (3 || 1 / 0) + 20;
}
