// Strings are pointers, which have no sum.
// refused: 4
int main(void) {
    char *s = "one" + "two";
    return s[0];
}
