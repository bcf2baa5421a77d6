// There is no long char.
// refused: 5
int main(void) {
    int a = 1;
    long char b = 2;
    return a + b;
}
