// Elements have a size.
// refused: 4
int main(void) {
    void a[3];
    return 0;
}
