// Strings and labels of several files do not get in each other's way.
// stdout: main: yes
// stdout: other: no
int puts(const char *s);
void other(int n);

int main(void) {
    int n = 1;
    if (n > 0 && n < 5)
        puts("main: yes");
    else
        puts("main: no");
    other(n);
    return 0;
}
