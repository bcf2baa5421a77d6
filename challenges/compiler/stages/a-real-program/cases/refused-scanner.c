// A break stands after its loop.
// refused: 20
int getchar(void);
int printf(const char *format, ...);

static int digits(void) {
    int c, count = 0;
    while ((c = getchar()) != -1) {
        switch (c) {
        case '0':
        case '1':
            count++;
            break;
        case '\n':
            return count;
        default:
            continue;
        }
    }
    if (count == 0) break;
    return count;
}

int main(void) {
    printf("%d\n", digits());
    return 0;
}
