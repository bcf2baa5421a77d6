// Rows lie one after the other, and a function that gets them knows their length.
// exit: 46
int total(int a[][3], int rows) {
    int sum = 0;
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < 3; j++)
            sum += a[i][j];
    return sum;
}

int main(void) {
    int a[3][3] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
    int *flat = &a[0][0];
    return total(a, 3) + flat[0] * 1;
}
