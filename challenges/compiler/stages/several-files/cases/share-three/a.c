int a(int n) {
    return n + 1;
}
