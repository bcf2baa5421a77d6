// A variable holds something.
// refused: 4
int main(void) {
    void nothing;
    return 0;
}
