// A static variable gets its value before the program runs.
// refused: 4
int next(int first) {
    static int n = first;
    return ++n;
}
int main(void) {
    return next(1);
}
