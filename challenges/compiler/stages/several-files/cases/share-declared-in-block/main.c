// A function, or a variable, may be declared where it is needed.
// exit: 11
int main(void) {
    int add(int a, int b);
    extern int base;
    return add(base, 1);
}
