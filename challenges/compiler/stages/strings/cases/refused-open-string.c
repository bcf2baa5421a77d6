// A string ends on its line.
// refused: anywhere
int puts(const char *s);
int main(void) {
    puts("open);
    return 0;
}
