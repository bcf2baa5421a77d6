// The stack is at a multiple of 16 as well in a function that has passed arguments on the stack, few or many.
// stdout: 35
// stdout: 43
// stdout: 52
// stdout: 62
// stdout: 7 8
int printf(const char *format, ...);
int sscanf(const char *text, const char *format, ...);

int sum7(int a, int b, int c, int d, int e, int f, int g) { return a + b + c + d + e + f + g; }
int sum8(int a, int b, int c, int d, int e, int f, int g, int h) { return sum7(a, b, c, d, e, f, g) + h; }
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
    int sum = sum9(1, 2, 3, 4, 5, 6, 7, 8, 9), value;
    sscanf("7 8", "%d", &value);
    return sum + value;
}

int after_both(void) {
    char letter = 'a';
    int sum = sum9(1, 2, 3, 4, 5, 6, 7, 8, 9) + sum7(1, 1, 1, 1, 1, 1, 1) + sum8(0, 0, 0, 0, 0, 0, 0, 2), value;
    sscanf("7 8", "%*d %d", &value);
    return sum + value + (letter != 'a');
}

int main(void) {
    int first, second;
    printf("%d\n", after7());
    printf("%d\n", after8());
    printf("%d\n", after9());
    printf("%d\n", after_both());
    sum7(1, 2, 3, 4, 5, 6, 7);
    sscanf("7 8", "%d %d", &first, &second);
    printf("%d %d\n", first, second);
    return 0;
}
