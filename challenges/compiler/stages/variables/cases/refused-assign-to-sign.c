// A variable with a sign is a value, and not a place to keep one.
// refused: 5
int main(void) {
    int a = 1;
    +a = 2;
    return a;
}
