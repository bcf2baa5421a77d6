// A pointer may point to a pointer.
// exit: 33
int main(void) {
    int a = 1, b = 2;
    int *p = &a;
    int **pp = &p;
    **pp = 30;
    *pp = &b;
    **pp += 1;
    return a + *p;
}
