// A name is a function or a variable, in a block, too.
// refused: 5
int twice(int a);
int main(void) {
    extern int twice;
    return twice;
}
