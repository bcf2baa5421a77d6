// No array has fewer elements than none.
// refused: 4
int main(void) {
    int a[2 - 4];
    return 0;
}
