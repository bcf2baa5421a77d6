// A row is an array, and cannot be assigned to as a whole.
// refused: 5
int main(void) {
    int a[2][2] = {{1, 2}, {3, 4}};
    a[0] = a[1];
    return a[0][0];
}
