// A variable of an inner block is used after it, behind strings and comments that hold quotes and braces.
// refused: 13
int printf(const char *format, ...);

int main(void) {
    char *text = "a \"quoted\" { text // with signs";
    int count = 0;
    /* "not a string { */
    for (int i = 0; text[i]; i++) {
        int sign = text[i] == '"' || text[i] == '{';
        count += sign;
    }
    printf("%d %d\n", count, sign);
    return 0;
}
