// A function has one type.
// refused: 3
int int main(void) {
    return 2;
}
