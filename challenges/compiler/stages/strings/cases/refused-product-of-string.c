// A pointer cannot be multiplied. Strings over several lines do not change the count.
// refused: 7
int puts(const char *s);
int main(void) {
    puts("one "
         "two");
    puts("ab" * 2);
    return 0;
}
