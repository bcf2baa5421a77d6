// A variable of one block is unknown in the next.
// refused: 9
int main(void) {
    int a = 0;
    {
        int part = 5;
        a += part;
    }
    { a += part; }
    return a;
}
