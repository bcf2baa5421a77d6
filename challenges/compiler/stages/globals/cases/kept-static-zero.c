// Without an initialiser a static variable begins at zero.
// exit: 3
int count(void) {
    static int calls;
    return ++calls;
}

int main(void) {
    count();
    count();
    return count();
}
