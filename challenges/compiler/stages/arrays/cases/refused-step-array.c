// An array stays where it is.
// refused: 5
int main(void) {
    int a[2] = {1, 2};
    a++;
    return a[0];
}
