// A prototype in a block must agree with the function, too.
// refused: 7
int add(int a, int b) {
    return a + b;
}
int main(void) {
    int add(int a);
    return add(1);
}
