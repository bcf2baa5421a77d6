// The function takes one argument.
// refused: 7
int half(int a) {
    return a / 2;
}
int main(void) {
    return half(8, 2);
}
