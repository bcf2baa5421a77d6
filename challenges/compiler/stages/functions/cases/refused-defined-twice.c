// A function has one body.
// refused: 6
int one(void) {
    return 1;
}
int one(void) {
    return 1;
}
int main(void) {
    return one();
}
