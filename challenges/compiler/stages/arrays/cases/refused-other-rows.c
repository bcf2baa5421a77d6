// Declarations of one function agree in the length of its parameter's rows.
// refused: 4
int f(int a[][3]);
int f(int a[][4]) {
    return a[1][0];
}
int main(void) {
    return 0;
}
