// A block declares a variable of the file as what it is.
// refused: 5
long counter;
int main(void) {
    extern int counter;
    return counter;
}
