// A number is kept nowhere.
// refused: 4
int main(void) {
    int *p = &5;
    return 0;
}
