// Two numbers are not an expression.
// refused: 6
int
main(void) {
    return
    1 2;
}
