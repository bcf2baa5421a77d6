// A comma may stand wherever an expression does, also in a return.
// exit: 23
int main(void) {
    int a = 1, b;
    a++, b = 10, b++;
    return a++, a = a * 4, a + b;
}
