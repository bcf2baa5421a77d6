// The branches of an if are blocks of their own.
// exit: 31
int main(void) {
    int a = 1, b = 0;
    if (a) {
        int a = 30;
        b = a;
    } else {
        int a = 40;
        b = a;
    }
    return a + b;
}
