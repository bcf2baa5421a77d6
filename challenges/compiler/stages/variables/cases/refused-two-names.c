// Two names need a comma between them.
// refused: 4
int main(void) {
    int a b;
    return 0;
}
