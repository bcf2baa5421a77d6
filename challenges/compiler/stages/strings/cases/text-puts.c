// A string is a pointer to its first character; puts prints it, and a newline.
// stdout: Hello, world!
int puts(const char *s);

int main(void) {
    puts("Hello, world!");
    return 0;
}
