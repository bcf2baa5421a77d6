// An array of pointers to strings, as a global.
// stdout: zero
// stdout: two
// stdout: one
int puts(const char *s);

char *names[] = {"zero", "one", "two"};
char greeting[] = "hi";

int main(void) {
    puts(names[0]);
    puts(names[2]);
    puts(names[1]);
    return greeting[2] + sizeof names - 24;
}
