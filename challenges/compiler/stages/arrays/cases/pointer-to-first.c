// An array is where its first element is.
// exit: 11
int main(void) {
    int a[3] = {5, 6, 7};
    int *p = a;
    *p += 1;
    return *a + p[0] - 1 + (p == &a[0]) - 1;
}
