// One block declares a name once, be it the inner one.
// refused: 7
int main(void) {
    int a = 1;
    {
        int a = 2;
        int a = 3;
    }
    return a;
}
