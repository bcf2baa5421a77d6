// No function runs before main.
// refused: 6
int one(void) {
    return 1;
}
int a = one();
int main(void) {
    return a;
}
