// An array that begins as a string can be changed.
// stdout: Jello
// exit: 6
int puts(const char *s);

int main(void) {
    char s[] = "hello";
    s[0] = 'J';
    puts(s);
    return sizeof s;
}
