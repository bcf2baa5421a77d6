// A row is used where a number is needed.
// refused: 11
int printf(const char *format, ...);

static int trace(int m[3][3]) {
    int sum = 0;
    for (int i = 0; i < 3; i++) {
        // The diagonal:
        sum += m[i][i];
    }
    m[0] = sum;
    return sum;
}

int main(void) {
    int m[3][3] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
    printf("%d\n", trace(m));
    return 0;
}
