int puts(const char *s);

void other(int n) {
    if (n > 1 || n < -5)
        puts("other: yes");
    else
        puts("other: no");
}
