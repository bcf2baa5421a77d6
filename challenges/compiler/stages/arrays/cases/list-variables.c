// The values of a local list are computed when execution gets there.
// exit: 18
int main(void) {
    int sum = 0;
    for (int i = 1; i < 4; i++) {
        int a[3] = {i, i * 2};
        a[2] += 0;
        sum += a[0] + a[1] + a[2];
    }
    return sum;
}
