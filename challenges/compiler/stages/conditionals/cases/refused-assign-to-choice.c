// The result of ?: is a value, and not a place to keep one.
// refused: 5
int main(void) {
    int a = 1, b = 2;
    (a ? a : b) = 3;
    return a;
}
