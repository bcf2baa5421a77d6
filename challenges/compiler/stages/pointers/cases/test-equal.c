// Two pointers are equal if they point to the same place.
// exit: 11
int main(void) {
    int a = 1, b = 1;
    int *p = &a, *q = &a, *r = &b;
    return (p == q) + (p != r) * 2 + (p == r) * 4 + (&*p == &a) * 8;
}
