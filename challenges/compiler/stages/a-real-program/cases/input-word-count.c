// Lines, words and characters of the input, as wc counts them.
// stdin: the quick  brown fox
// stdin:
// stdin:   jumps over
// stdout: 3 6 35
int getchar(void);
int printf(const char *format, ...);

int main(void) {
    int lines = 0, words = 0, characters = 0, inside = 0, c;
    while ((c = getchar()) != -1) {
        characters++;
        if (c == '\n')
            lines++;
        if (c == ' ' || c == '\n' || c == '\t') {
            inside = 0;
        } else if (!inside) {
            inside = 1;
            words++;
        }
    }
    printf("%d %d %d\n", lines, words, characters);
    return 0;
}
