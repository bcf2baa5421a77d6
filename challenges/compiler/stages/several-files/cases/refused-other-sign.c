// Declarations of one variable agree in the sign of its type, those of a block as well.
// refused: 7
int main(void) {
    extern unsigned counter;
    return counter;
}
int counter = 4;
