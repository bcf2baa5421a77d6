// A star may stand before an operand, but not before a number.
// refused: 5
int main(void) {
    return 6
        + *2;
}
