// A static variable of a function is known in that function alone.
// refused: 8
int next(void) {
    static int n;
    return ++n;
}
int main(void) {
    return next() + n;
}
