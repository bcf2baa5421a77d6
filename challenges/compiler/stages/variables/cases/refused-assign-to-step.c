// A step has a value, and is not the variable.
// refused: 5
int main(void) {
    int a = 1;
    ++a = 2;
    return a;
}
