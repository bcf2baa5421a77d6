// The quote is not closed. Compilers differ in the line they name.
// refused: anywhere
int main(void) {
    int a = 'a;
    return a;
}
