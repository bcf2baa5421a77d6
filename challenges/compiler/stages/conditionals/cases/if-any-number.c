// Whatever is not zero counts as true: 2, -1, 256.
// exit: 111
int main(void) {
    int a = 0;
    if (2)
        a += 1;
    if (-1)
        a += 10;
    if (256)
        a += 100;
    if (0)
        a += 7;
    return a;
}
