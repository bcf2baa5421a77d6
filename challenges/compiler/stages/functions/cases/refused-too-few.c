// The function takes two arguments.
// refused: 7
int add(int a, int b) {
    return a + b;
}
int main(void) {
    return add(1);
}
