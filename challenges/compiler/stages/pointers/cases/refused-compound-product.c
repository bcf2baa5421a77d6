// A pointer cannot be multiplied, in an assignment either.
// refused: 5
int main(void) {
    int a = 1, *p = &a;
    p *= 2;
    return *p;
}
