// A function gets an array as a pointer, and changes the caller's elements.
// exit: 23
int sum(int *a, int n) {
    int sum = 0;
    while (n-- > 0)
        sum += *a++;
    return sum;
}

void double_all(int a[], int n) {
    for (int i = 0; i < n; i++)
        a[i] *= 2;
}

int main(void) {
    int a[4] = {1, 2, 3, 4};
    double_all(a, 3);
    return sum(a, 4) + sum(a + 2, 1) + 1;
}
