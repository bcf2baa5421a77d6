// In a string nothing is a comment, and in a comment nothing is a string.
// stdout: a // b /* c */ 'd'
int puts(const char *s);

int main(void) {
    puts("a // b /* c */ 'd'"); // "not a string
    return 0; /* " */
}
