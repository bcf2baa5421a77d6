// Calls with many arguments nest, too.
// exit: 28
int last(int a, int b, int c, int d, int e, int f, int g, int h) {
    return g * 10 + h - a;
}

int main(void) {
    return last(1, 2, 3, 4, 5, 6, last(0, 0, 0, 0, 0, 0, 0, 2), last(1, 0, 0, 0, 0, 0, 1, 0));
}
