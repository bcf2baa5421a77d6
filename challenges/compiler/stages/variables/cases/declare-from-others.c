// An initialiser may use what was declared before it, in the same declaration, too.
// exit: 14
int main(void) {
    int a = 3, b = a + 1;
    int c = a + b;
    return c * 2;
}
