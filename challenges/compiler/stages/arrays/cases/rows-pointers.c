// An array of pointers points to rows of any length.
// exit: 21
int main(void) {
    int one[1] = {1}, two[2] = {2, 3}, three[3] = {4, 5, 6};
    int *rows[3] = {one, two, three};
    int sum = 0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j <= i; j++)
            sum += rows[i][j];
    return sum;
}
