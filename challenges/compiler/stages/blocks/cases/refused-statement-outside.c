// There is one closing brace too many, and a return outside of every function.
// refused: 6
int main(void) {
    int a = 1;
    if (a) { a = 2; } }
    return a;
}
