// Nothing is called b.
// refused: 5
int main(void) {
    int a = 1;
    a = b;
    return a;
}
