// More arguments than registers, and narrow ones, which are passed as int.
// stdout: 1 2 3 4 5 6 7 8 9
int printf(const char *format, ...);

int main(void) {
    char one = 1;
    short two = 2;
    unsigned char nine = 9;
    printf("%d %d %d %d %d %d %d %d %d\n", one, two, 3, 4, 5, 6, 7, 8, nine);
    return 0;
}
