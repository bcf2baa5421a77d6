int base = 10;

int add(int a, int b) {
    return a + b;
}
