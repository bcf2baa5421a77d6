// Declarations of one function agree in the sign of a type, too.
// refused: 4
int f(unsigned a);
int f(int a) {
    return a;
}
int main(void) {
    return 0;
}
