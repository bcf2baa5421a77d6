// A zero in the middle ends the string for whoever reads it, but it is as long as it was written.
// stdout: ab
// exit: 6
int puts(const char *s);

int main(void) {
    puts("ab\0cd");
    return sizeof "ab\0cd";
}
