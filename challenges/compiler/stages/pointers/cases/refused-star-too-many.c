// A pointer to int can be followed once.
// refused: 6
int main(void) {
    int a = 1;
    int *p = &a;
    return **p;
}
