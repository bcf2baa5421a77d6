// A variable must hold something.
// refused: 4
int main(void) {
    void nothing;
    return 0;
}
