// The program is whole, but the comment after it is not.
// refused: anywhere
int main(void) {
    return 2;
}
/* and so on
