// An int has no elements.
// refused: 5
int main(void) {
    int a = 1, i = 0;
    return a[i];
}
