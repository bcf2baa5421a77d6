// Every byte of a string is there as it is in the source, those of letters outside of ASCII as well.
// stdout: caffè €5
// exit: 12
int puts(const char *s);

int main(void) {
    char s[] = "caffè €5";
    puts(s);
    return sizeof s;
}
