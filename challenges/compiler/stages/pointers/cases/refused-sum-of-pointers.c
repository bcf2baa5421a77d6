// Two pointers have no sum.
// refused: 6
int main(void) {
    int a = 1, b = 2;
    int *p = &a, *q = &b;
    p = p + q;
    return *p;
}
