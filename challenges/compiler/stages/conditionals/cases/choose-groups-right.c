// a ? 1 : b ? 2 : 3 is a ? 1 : (b ? 2 : 3).
// exit: 23
int main(void) {
    int a = 0, b = 1;
    int c = a ? 1 : b ? 2 : 3;
    int d = a ? 1 : a ? 2 : 3;
    return c * 10 + d;
}
