// A pointer walks through an array.
// exit: 15
int main(void) {
    int a[5] = {1, 2, 3, 4, 5};
    int sum = 0;
    for (int *p = a; p < a + 5; p++)
        sum += *p;
    return sum;
}
