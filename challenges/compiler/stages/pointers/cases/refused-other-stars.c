// Declarations of one function agree in how far its parameters point.
// refused: 4
int f(int *p);
int f(int **p) {
    return **p;
}
int main(void) {
    return 0;
}
