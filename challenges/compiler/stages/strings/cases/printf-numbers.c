// printf takes any number of arguments.
// stdout: 1 -2 three 4
// stdout: 5000000000 4294967295 x 100%
int printf(const char *format, ...);

int main(void) {
    printf("%d %d %s %d\n", 1, -2, "three", 4);
    long a = 5000000000;
    unsigned b = 0;
    printf("%ld %u %c %d%%\n", a, b - 1, 'x', 100);
    return 0;
}
