// Where a variable is kept cannot be changed.
// refused: 5
int main(void) {
    int a = 1, b = 2, *p = &b;
    &a = p;
    return a;
}
