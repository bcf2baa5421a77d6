// The list of a static array holds constants, one in a function, too.
// refused: 5
int main(void) {
    int a = 3;
    static int list[2] = {1, a};
    return list[1];
}
