// A cast is a value, and not a place to keep one.
// refused: 5
int main(void) {
    int a = 1;
    (long)a = 2;
    return a;
}
