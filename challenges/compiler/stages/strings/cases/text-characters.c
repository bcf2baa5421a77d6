// The characters of a string can be read by index, and through a pointer.
// stdout: world
// stdout: ho
int puts(const char *s);
int putchar(int c);

int main(void) {
    char *s = "hello world";
    puts(s + 6);
    putchar(*s);
    putchar("hello"[4]);
    putchar('\n');
    return 0;
}
