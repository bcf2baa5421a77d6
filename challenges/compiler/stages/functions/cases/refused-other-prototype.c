// Two declarations of one function do not agree.
// refused: 4
int add(int a, int b);
int add(int a, int b, int c) {
    return a + b + c;
}
int main(void) {
    return 0;
}
