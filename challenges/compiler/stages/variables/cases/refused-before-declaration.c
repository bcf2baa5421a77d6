// A variable is not known before its declaration.
// refused: 4
int main(void) {
    a = 1;
    int a;
    return a;
}
