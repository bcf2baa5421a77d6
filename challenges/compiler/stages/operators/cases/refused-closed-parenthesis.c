// A parenthesis is closed that was never opened.
// refused: 4
int main(void) {
    return 1 + 2);
}
