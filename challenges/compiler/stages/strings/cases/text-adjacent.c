// Strings side by side are one.
// stdout: one two three
int puts(const char *s);

int main(void) {
    puts("one "
         "two " "three");
    return 0;
}
