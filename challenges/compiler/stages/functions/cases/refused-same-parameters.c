// Two parameters of the same name.
// refused: 3
int add(int a, int a) { return a + a; }
int main(void) {
    return add(1, 2);
}
