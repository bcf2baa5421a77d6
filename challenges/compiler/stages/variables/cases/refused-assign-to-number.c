// A number is not a place to keep a value.
// refused: 5
int main(void) {
    int a = 1;
    2 = a;
    return a;
}
