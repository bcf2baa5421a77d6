// A pointer cannot be multiplied.
// refused: 5
int main(void) {
    int a = 1, *p = &a;
    p = p * 2;
    return *p;
}
