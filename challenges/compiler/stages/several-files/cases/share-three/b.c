int a(int n);

int b(int n) {
    return a(n) * 2;
}
