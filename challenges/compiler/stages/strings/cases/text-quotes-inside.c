// A quote in quotes begins and ends nothing, so what follows is a comment only where the string has ended.
// stdout: a"//b
// stdout: "/* c */
// stdout: "\
// stdout: '//'
// stdout: 12
int puts(const char *s);
int printf(const char *format, ...);

int main(void) {
    puts("a\"//b"); // "
    puts("\"/* c */"); /* " // */
    puts("\"\\"); // \"
    puts("'//'"); // '
    int quote = '"', n = sizeof "http://\"/*"; // "
    int other = '\'', slash = '/'; /* ' */ int star = '*'; // "
    if (quote != 34 || other != 39 || slash != 47 || star != 42) return 1;
    printf("%d\n", n + 1 /* " */);
    return 0;
}
