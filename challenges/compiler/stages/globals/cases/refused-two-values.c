// A global has one initialiser.
// refused: 4
int a = 1;
int a = 2;
int main(void) {
    return a;
}
