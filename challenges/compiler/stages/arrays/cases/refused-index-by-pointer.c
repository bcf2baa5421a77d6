// An index is a number.
// refused: 5
int main(void) {
    int a[2] = {1, 2}, *p = a;
    return a[p];
}
