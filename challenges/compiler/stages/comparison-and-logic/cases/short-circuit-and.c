// The right side of && is not evaluated when the left one is 0: nothing is divided by zero.
// exit: 20
int main(void) {
    return (0 && 1 / 0) + 20;
}
