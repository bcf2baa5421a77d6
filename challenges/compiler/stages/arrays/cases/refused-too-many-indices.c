// An element of a row is an int, and has no elements itself.
// refused: 5
int main(void) {
    int a[2][2] = {{1, 2}, {3, 4}};
    return a[1][1][0];
}
