// Braces make one statement of many.
// exit: 33
int main(void) {
    int a = 1, b = 2;
    if (a == 1) {
        a = 3;
        b = 30;
    }
    if (a == 1) {
        a = 4;
        b = 40;
    }
    return a + b;
}
