// ! needs an operand.
// refused: 5
int main(void) {
    return 1 &&
        (!) + 2;
}
