// A table of structs, as programs have them.
// stdout: two=2 three=3
int printf(const char *format, ...);

static struct entry {
    char *name;
    int value;
} table[] = {{"one", 1}, {"two", 2}, {"three", 3}};

int main(void) {
    int n = sizeof table / sizeof table[0];
    for (int i = 1; i < n; i++)
        printf("%s=%d%c", table[i].name, table[i].value, i + 1 < n ? ' ' : '\n');
    return 0;
}
