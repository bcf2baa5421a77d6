// Declarations may stand between statements.
// exit: 12
int main(void) {
    int a = 4;
    a = a + 1;
    int b = a;
    a = 7;
    return a + b;
}
