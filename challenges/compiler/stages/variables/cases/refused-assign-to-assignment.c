// An assignment has a value, and is not its variable.
// refused: 5
int main(void) {
    int a = 1;
    (a = 1) = 2;
    return a;
}
