// Elements are counted from 0, and each has a place of its own.
// exit: 60
int main(void) {
    int a[3];
    a[0] = 10;
    a[1] = 20;
    a[2] = a[0] + a[1];
    return a[0] + a[1] + a[2];
}
