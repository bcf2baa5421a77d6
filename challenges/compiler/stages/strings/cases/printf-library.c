// Other functions of the C library.
// stdout: 5 1 0 -123
int printf(const char *format, ...);
unsigned long strlen(const char *s);
int strcmp(const char *a, const char *b);
int atoi(const char *s);

int main(void) {
    printf("%lu %d %d %d\n", strlen("hello"), strcmp("b", "a") > 0, strcmp("same", "same"), atoi("-123"));
    return 0;
}
