// Letters cannot follow the digits of a number.
// refused: 4
int main(void) {
    return 1foo;
}
