// Declarations of one function agree in the type of its result.
// refused: 4
unsigned f(int a);
int f(int a) {
    return a;
}
int main(void) {
    return 0;
}
