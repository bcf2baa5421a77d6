// There is nothing in the parentheses.
// refused: 4
int main(void) {
    return 3 * ();
}
