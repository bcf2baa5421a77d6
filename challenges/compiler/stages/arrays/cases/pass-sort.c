// Sorting in place.
// stdout: 1234567
int putchar(int c);

void sort(int a[7], int n) {
    for (int i = 0; i < n; i++)
        for (int j = n - 1; j > i; j--)
            if (a[j - 1] > a[j]) {
                int kept = a[j];
                a[j] = a[j - 1];
                a[j - 1] = kept;
            }
}

int main(void) {
    int a[] = {5, 2, 7, 1, 6, 3, 4};
    sort(a, 7);
    for (int i = 0; i < 7; i++)
        putchar('0' + a[i]);
    putchar('\n');
    return 0;
}
