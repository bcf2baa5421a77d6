// What is stepped must be a variable.
// refused: 5
int main(void) {
    int a = 1;
    (a + 1)++;
    return a;
}
