// An array cannot be assigned as a whole.
// refused: 5
int main(void) {
    int a[2] = {1, 2}, b[2];
    b = a;
    return b[0];
}
