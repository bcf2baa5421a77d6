// Without an initialiser a static variable begins at zero, whatever other functions leave behind.
// exit: 3
int leave(void) {
    int a = 77, b = 77, c = 77, d = 77;
    return a + b + c + d;
}

int count(void) {
    static int calls;
    return ++calls;
}

int main(void) {
    leave();
    count();
    count();
    return count();
}
