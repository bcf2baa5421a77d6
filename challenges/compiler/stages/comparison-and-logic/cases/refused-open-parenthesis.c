// A parenthesis is not closed.
// refused: 5
int main(void) {
    return 1 < 2
        && (3 < 4;
}
