// A parameter belongs to the block of the function's body.
// refused: 4
int twice(int a) {
    int a = 2;
    return a * 2;
}
int main(void) {
    return twice(1);
}
