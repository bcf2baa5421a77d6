// In a function that passes arguments on the stack it is at a multiple of 16 at all its calls, be their number odd or even.
// stdout: 35
// stdout: 43
// stdout: 52
int printf(const char *format, ...);
int sscanf(const char *text, const char *format, ...);

int sum7(int a, int b, int c, int d, int e, int f, int g) { return a + b + c + d + e + f + g; }
int sum8(int a, int b, int c, int d, int e, int f, int g, int h) { return a + b + c + d + e + f + g + h; }
int sum9(int a, int b, int c, int d, int e, int f, int g, int h, int i) { return sum8(a, b, c, d, e, f, g, h) + i; }

int after7(void) {
    int value, sum = sum7(1, 2, 3, 4, 5, 6, 7);
    sscanf("7 8", "%d", &value);
    return sum + value;
}

int after8(void) {
    int value, sum = sum8(1, 2, 3, 4, 5, 6, 7, 8);
    sscanf("7 8", "%d", &value);
    return sum + value;
}

int after9(void) {
    int value, sum = sum9(1, 2, 3, 4, 5, 6, 7, 8, 9);
    sscanf("7 8", "%d", &value);
    return sum + value;
}

int main(void) {
    printf("%d\n", after7());
    printf("%d\n", after8());
    printf("%d\n", after9());
    return 0;
}
