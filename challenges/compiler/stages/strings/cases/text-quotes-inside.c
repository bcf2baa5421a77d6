// A quote in quotes begins and ends nothing. All other bytes stand for themselves, those of letters outside of ASCII, too.
// stdout: a"//b
// stdout: "/* c */
// stdout: "\
// stdout: '//'
// stdout: 12
// stdout: caffè €5 12
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
    printf("%s %d\n", "caffè €5", (int)sizeof "caffè €5");
    return 0;
}
