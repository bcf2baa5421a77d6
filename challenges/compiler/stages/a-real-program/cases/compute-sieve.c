// Primes below two million. This takes long if each step does.
// stdout: 148933 primes, the last is 1999993
int printf(const char *format, ...);
void *calloc(unsigned long count, unsigned long size);
void free(void *memory);

int main(void) {
    int limit = 2000000, count = 0, last = 0;
    char *composite = calloc(limit, 1);
    for (int n = 2; n < limit; n++) {
        if (composite[n])
            continue;
        count++;
        last = n;
        for (long multiple = (long)n * n; multiple < limit; multiple += n)
            composite[multiple] = 1;
    }
    free(composite);
    printf("%d primes, the last is %d\n", count, last);
    return 0;
}
