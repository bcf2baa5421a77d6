// A step has a value, which cannot step again.
// refused: 5
int main(void) {
    int a = 1;
    (++a)++;
    return a;
}
