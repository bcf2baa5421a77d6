// A number cannot be multiplied by a pointer, in an assignment either.
// refused: 5
int main(void) {
    int a = 1, *p = &a;
    a *= p;
    return *p;
}
