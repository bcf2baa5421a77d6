// Functions with large variables, which call each other.
// stdout: 18496 255
int printf(const char *format, ...);

static int sum(int *values, int count) {
    int copy[200];
    int total = 0;
    for (int i = 0; i < count; i++)
        copy[i] = values[i];
    for (int i = 0; i < count; i++)
        total += copy[i];
    return total;
}

int main(void) {
    long before = 255;
    int squares[300];
    char text[3000];
    for (int i = 0; i < 300; i++)
        squares[i] = i * i;
    for (int i = 0; i < 3000; i++)
        text[i] = 1;
    int total = sum(squares, 38) + sum(squares + 10, 3) - sum(squares, 5);
    for (int i = 0; i < 2999; i++)
        total += text[i] - 1;
    printf("%d %ld\n", total + 586, before);
    return 0;
}
