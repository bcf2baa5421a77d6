// A void pointer takes any other, and gives it back.
// exit: 9
int main(void) {
    int a = 9;
    long b = 1;
    void *any = &b;
    any = &a;
    int *p = any;
    return *p * (any == p) + 0 * *(int *)any;
}
