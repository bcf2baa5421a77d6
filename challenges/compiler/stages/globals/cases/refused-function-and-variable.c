// One name is a variable or a function.
// refused: 4
int thing = 1;
int thing(void) {
    return 2;
}
int main(void) {
    return 3;
}
