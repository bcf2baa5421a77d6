// What one file declares is unknown in the next, which has to declare it itself.
// refused: main.c:4
int main(void) {
    return shared;
}
