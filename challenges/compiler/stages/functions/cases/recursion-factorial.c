// Each call has its own variables.
// exit: 120
int factorial(int n) {
    if (n < 2)
        return 1;
    return n * factorial(n - 1);
}

int main(void) {
    return factorial(5);
}
