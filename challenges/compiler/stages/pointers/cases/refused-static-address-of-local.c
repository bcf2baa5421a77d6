// Each call has its own local variables, so their addresses are not known before the program runs.
// refused: 5
int main(void) {
    int a = 1;
    static int *p = &a;
    return *p;
}
