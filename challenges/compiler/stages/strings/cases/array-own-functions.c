// Copying and comparing, written out.
// stdout: abcdef
// exit: 5
int puts(const char *s);

char *copy(char *to, const char *from) {
    while ((*to = *from)) {
        to++;
        from++;
    }
    return to;
}

int same(const char *a, const char *b) {
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

int main(void) {
    char s[20];
    copy(copy(s, "abc"), "def");
    puts(s);
    return same(s, "abcdef") + same(s, "abcdeg") * 2 + same("", "") * 4 + same("ab", "abc") * 8;
}
