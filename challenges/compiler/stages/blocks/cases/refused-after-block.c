// A variable ends with its block.
// refused: 7
int main(void) {
    {
        int inner = 2;
    }
    return inner;
}
