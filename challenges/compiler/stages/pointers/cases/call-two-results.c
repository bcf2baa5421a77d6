// A second result by pointer.
// exit: 143
int divide(int a, int b, int *rest) {
    *rest = a % b;
    return a / b;
}

int main(void) {
    int rest;
    int whole = divide(101, 7, &rest);
    return whole * 10 + rest;
}
