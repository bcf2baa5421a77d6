// The result of a call is a value, and not a place to keep one.
// refused: 7
int one(void) {
    return 1;
}
int main(void) {
    one()++;
    return one();
}
