// A program gets its arguments: how many, and pointers to them, the last of which is null.
// args: one 'two words' 3
// stdout: 1 one
// stdout: 2 two words
// stdout: 3 3
// exit: 4
int printf(const char *format, ...);

int main(int argc, char **argv) {
    for (int i = 1; argv[i]; i++)
        printf("%d %s\n", i, argv[i]);
    return argc;
}
