// A function that returns nothing decides nothing.
// refused: 6
void nothing(void) {
}
int main(void) {
    return !nothing();
}
