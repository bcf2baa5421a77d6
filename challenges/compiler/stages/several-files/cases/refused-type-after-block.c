// What a block said of a variable holds where the file defines it.
// refused: 7
int main(void) {
    extern int counter;
    return counter;
}
long counter;
