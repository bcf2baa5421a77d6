// The parentheses of an if are not empty.
// refused: 4
int main(void) {
    if () return 1;
    return 2;
}
