// The value of another variable is not known before the program runs.
// refused: 4
int a = 1;
int b = a + 1;
int main(void) {
    return b;
}
