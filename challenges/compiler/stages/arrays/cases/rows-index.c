// An array of arrays: rows of columns.
// exit: 41
int main(void) {
    int a[2][3];
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 3; j++)
            a[i][j] = i * 10 + j;
    return a[1][2] + a[0][1] + a[1][0] + (*a)[2] + a[1][1] - a[0][2] + 7;
}
