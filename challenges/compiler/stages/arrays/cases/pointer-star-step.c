// *p++ gives what p points to, and moves p; *--p moves first.
// exit: 43
int main(void) {
    int a[3] = {1, 2, 3};
    int *p = a;
    int b = *p++;
    b += *p++ * 10;
    b += *p;
    b += *--p * 10;
    return b - 1;
}
