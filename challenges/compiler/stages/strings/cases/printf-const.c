// const may stand before what any pointer parameter leads to.
// exit: 21
int sum(const int *a, const long *b, unsigned n);
char first(const char *s, const unsigned char *t) {
    return s[0] + t[1] - 'a';
}
int sum(const int *a, const long *b, unsigned n) {
    int sum = 0;
    while (n--)
        sum += a[n] + b[n];
    return sum;
}
int main(void) {
    int a[2] = {1, 2};
    long b[2] = {3, 4};
    unsigned char t[2] = {5, 11};
    return sum(a, b, 2) + first("a", t);
}
