// A name does not begin with a digit.
// refused: 4
int main(void) {
    int 2a = 1;
    return 0;
}
