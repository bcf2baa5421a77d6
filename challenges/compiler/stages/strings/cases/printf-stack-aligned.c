// The stack is at a multiple of 16 at every call, whatever is on it at that moment.
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
    return one ? one - read1(-6) + read1(-7) : 1;
}
