// A function is no variable.
// refused: 7
int one(void) {
    return 1;
}
int main(void) {
    one = 2;
    return one();
}
