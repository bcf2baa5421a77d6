// A sum is kept nowhere.
// refused: 6
int main(void) {
    int a = 1, b = 2;
    int *p;
    p = &(a + b);
    return 0;
}
