// No array has fewer than zero elements.
// refused: 4
int main(void) {
    int a[2 - 4];
    return 0;
}
