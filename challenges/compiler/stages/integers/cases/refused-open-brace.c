// The function is not closed.
// refused: anywhere
int main(void) {
    return 2;
