// An assignment can stand inside an expression.
// exit: 17
int main(void) {
    int a = 1;
    int b = (a = 8) + 1;
    return a + b;
}
