// A global outlasts the call that changed it, and is shared by all depths of a recursion.
// exit: 89
int calls;

int fibonacci(int n) {
    calls++;
    if (n < 2)
        return n;
    return fibonacci(n - 1) + fibonacci(n - 2);
}

int main(void) {
    int value = fibonacci(8);
    return value + calls + 1;
}
