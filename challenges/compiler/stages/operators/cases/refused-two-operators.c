// A division cannot begin an operand.
// refused: 4
int main(void) {
    return 6 * / 2;
}
