// ! does not stand between two operands.
// refused: 4
int main(void) {
    return 1 ! 2;
}
