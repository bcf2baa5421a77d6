// One = assigns, and nothing can be assigned to a number.
// refused: 4
int main(void) {
    return 1 = 2;
}
