// A name does not join a string.
// refused: 6
int puts(const char *s);
int main(void) {
    char *name = "you";
    puts("hello " name);
    return 0;
}
