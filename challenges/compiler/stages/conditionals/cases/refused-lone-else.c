// There is no if for this else.
// refused: 6
int main(void) {
    int a = 1;
    a = a + 1;
    else a = 2;
    return a;
}
