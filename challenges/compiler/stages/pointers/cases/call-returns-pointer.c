// A function may return a pointer to something that outlasts it.
// exit: 8
int a = 3, b = 5;

int *larger(int *one, int *two) {
    return *one > *two ? one : two;
}

int *counter(void) {
    static int n;
    return &n;
}

int main(void) {
    *larger(&a, &b) = 1;
    *counter() = 2;
    ++*counter();
    return a + b + *counter() + 1;
}
