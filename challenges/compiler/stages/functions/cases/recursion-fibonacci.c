// Two calls in one expression, and a variable that must outlast them.
// exit: 144
int fibonacci(int n) {
    int before;
    if (n < 2)
        return n;
    before = fibonacci(n - 2);
    int one = fibonacci(n - 1);
    return before + one;
}

int main(void) {
    return fibonacci(12);
}
