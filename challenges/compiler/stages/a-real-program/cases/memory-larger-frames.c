// Functions with tens of thousands of bytes of variables, on both sides of the small ones.
// stdout: 49995000 143976001 12 34
int printf(const char *format, ...);

static long squares(int n) {
    long before = 12;
    long many[12000];
    int after = 34;
    for (int i = 0; i < 12000; i++)
        many[i] = i + after - 34;
    return many[n] * many[n] + before - 12;
}

int main(void) {
    int first = 12;
    int list[10000];
    int total = 0, second = 34;
    char text[40000];
    for (int i = 0; i < 40000; i++)
        text[i] = i % 100;
    for (int i = 0; i < 10000; i++)
        list[i] = i;
    for (int i = 0; i < 10000; i++)
        total += list[i];
    for (int i = 0; i < 40000; i++)
        if (text[i] != i % 100)
            total++;
    printf("%d %ld %d %d\n", total, squares(11999) , first, second);
    return 0;
}
