// What one branch declares is unknown in the other.
// refused: 8
int main(void) {
    int a = 1;
    if (a) {
        int b = 2;
        a = b;
    } else { a = b; }
    return a;
}
