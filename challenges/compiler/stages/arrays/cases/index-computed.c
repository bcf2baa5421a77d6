// The index is computed, even from the array itself.
// exit: 87
int main(void) {
    int a[4], i;
    for (i = 0; i < 4; i++)
        a[i] = 3 - i;
    a[a[0]] = 80;
    return a[3] + a[a[1]] * 7 + a[a[a[2] - 1] - 3] * 0;
}
