// A function of the C library lays its struct out in the same way.
// stdout: 2 1
int printf(const char *format, ...);

struct quotient {
    int whole;
    int rest;
};

void *memcpy(void *to, const void *from, unsigned long bytes);

int main(void) {
    int pair[2] = {2, 1};
    struct quotient q;
    memcpy(&q, pair, sizeof q);
    printf("%d %d\n", q.whole, q.rest);
    return 0;
}
