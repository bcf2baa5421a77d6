// Escapes stand for characters that cannot be written.
// stdout: a	b
// stdout: "c" \d
int puts(const char *s);

int main(void) {
    puts("a\tb\n\"c\" \\d");
    return 0;
}
