// Both branches may be blocks, and the braces decide whose else it is.
// exit: 5
int main(void) {
    int a = 1;
    if (a == 2) {
        if (a == 1) {
            a = 3;
        }
    } else {
        a = 5;
    }
    return a;
}
