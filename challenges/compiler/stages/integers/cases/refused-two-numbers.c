// Two numbers are no expression.
// refused: 6
int
main(void) {
    return
    1 2;
}
