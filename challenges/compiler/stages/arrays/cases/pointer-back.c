// An index may be negative, if the pointer stands in the middle.
// exit: 24
int main(void) {
    int a[5] = {1, 2, 3, 4, 5};
    int *p = &a[2];
    p -= 1;
    p += 2;
    return p[-1] * p[0] * 2 + *(p - 3) - p[1] + 2[a] + 1;
}
