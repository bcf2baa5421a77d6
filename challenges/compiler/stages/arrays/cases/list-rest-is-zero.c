// What a list does not reach is zero, whatever was there before.
// exit: 6
int fill(void) {
    int a[8];
    for (int i = 0; i < 8; i++)
        a[i] = 77;
    return a[3];
}

int sum(void) {
    int a[8] = {1, 2, 3};
    int sum = 0;
    for (int i = 0; i < 8; i++)
        sum += a[i];
    return sum;
}

int main(void) {
    fill();
    return sum();
}
