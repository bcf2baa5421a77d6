// The bracket is not closed.
// refused: 5
int main(void) {
    int a[2] = {1, 2};
    return a[1 + 2;
}
