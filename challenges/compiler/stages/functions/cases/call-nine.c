// The seventh argument and those after it are passed on the stack.
// exit: 145
int weighted(int a, int b, int c, int d, int e, int f, int g, int h, int i) {
    return (a + b + c + d + e + f) + g * 2 + h * 3 + i * 4 + 50;
}

int main(void) {
    return weighted(1, 2, 3, 4, 5, 6, 7, 8, 9) - weighted(0, 0, 0, 0, 0, 0, 0, 0, 0) + 50;
}
