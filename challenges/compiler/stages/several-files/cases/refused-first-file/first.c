int first(int n) {
    int m = n;

    return (m +) * 2;
}
