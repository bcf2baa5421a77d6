// The stack is at a multiple of 16 at every call, whatever is on it at that moment, and however many arguments went there before.
// stdout: 8
// stdout: 10
// stdout: 12
// stdout: 14
// stdout: 12 13
// stdout: 1 25 28
// stdout: 37
// stdout: 44
// stdout: 45
// stdout: 54
// stdout: 1 2 3 4 5 16
// stdout: 1 2 3 4 5 6 17
// stdout: 14 19
// stdout: 35
// stdout: 43
// stdout: 52
// stdout: 62
// stdout: 7 8
int printf(const char *format, ...);
int sscanf(const char *text, const char *format, ...);

int read1(int a) {
    int value;
    sscanf("7 8", "%d", &value);
    return value + a;
}

int read2(int a, int b) {
    int value, other = b;
    long more[3] = {1, 2, 3};
    sscanf("7 8", "%d", &value);
    return value + a + other + more[2];
}

int read7(int a, int b, int c, int d, int e, int f, int g) {
    int value;
    sscanf("7 8", "%*d %d", &value);
    return value + a + b + c + d + e + f + g;
}

int read8(int a, int b, int c, int d, int e, int f, int g, int h) {
    char letter = 'x';
    int value;
    sscanf("7 8", "%*d %d", &value);
    return value + a + b + c + d + e + f + g + h + (letter == 'x');
}

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
    int one = 1, list[3] = {1, 2, 3};
    printf("%d\n", read1(1));
    printf("%d\n", one + read1(2));
    printf("%d\n", one + (one + read1(3)));
    printf("%d\n", one + (one + (one + read1(4))));
    printf("%d %d\n", read1(5), read1(6));
    printf("%d %d %d\n", one, read2(1, read1(7)), one + read2(read1(8), 2));
    printf("%d\n", read7(1, 2, 3, 4, 5, 6, read1(1)));
    printf("%d\n", one + read7(read1(1), 2, 3, 4, 5, 6, 7));
    printf("%d\n", read8(1, 2, 3, 4, 5, 6, 7, read1(1)));
    printf("%d\n", one + read8(read1(1), 2, 3, 4, 5, 6, read1(1), 8));
    printf("%d %d %d %d %d %d\n", 1, 2, 3, 4, 5, read1(9));
    printf("%d %d %d %d %d %d %d\n", 1, 2, 3, 4, 5, 6, one + read1(9));
    list[read1(-7)] = one + read2(1, 2);
    list[1] += read1(10);
    printf("%d %d\n", list[0], list[1]);
    int first, second;
    printf("%d\n", after7());
    printf("%d\n", after8());
    printf("%d\n", after9());
    printf("%d\n", after_both());
    sum7(1, 2, 3, 4, 5, 6, 7);
    sscanf("7 8", "%d %d", &first, &second);
    printf("%d %d\n", first, second);
    return one ? one - read1(-6) + read1(-7) : 1;
}
