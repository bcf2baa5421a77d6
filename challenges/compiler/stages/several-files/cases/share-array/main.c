// Arrays of another file: without a length here, and pointers to strings that lie there.
// stdout: three 17
int printf(const char *format, ...);
extern int primes[];
extern char *names[2];

int main(void) {
    int sum = 0;
    for (int i = 0; i < 4; i++)
        sum += primes[i];
    printf("%s %d\n", names[1], sum);
    return 0;
}
