// A block declares a name only once, an inner block included.
// refused: 7
int main(void) {
    int a = 1;
    {
        int a = 2;
        int a = 3;
    }
    return a;
}
