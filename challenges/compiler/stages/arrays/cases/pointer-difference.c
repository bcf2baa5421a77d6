// The difference of two pointers counts elements.
// exit: 33
int main(void) {
    int a[10];
    long l[10];
    int *p = &a[7], *q = a + 4;
    return (p - q) * 10 + (&l[9] - l) / 3 + (q - p + 3);
}
