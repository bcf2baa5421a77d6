// A name is declared once.
// refused: 6
int main(void) {
    int a = 1;
    a = a + 1;
    int a = 2;
    return a;
}
