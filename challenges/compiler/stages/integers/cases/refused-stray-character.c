// No token of C begins with @.
// refused: 4
int main(void) {
    return @ 2;
}
