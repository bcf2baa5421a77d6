// Declarations of one function agree in what its parameters point to.
// refused: 4
int f(int *p);
int f(char *p) {
    return *p;
}
int main(void) {
    return 0;
}
