// A pointer cannot be added to one, in an assignment either.
// refused: 5
int main(void) {
    int a = 1, *p = &a;
    p += p;
    return *p;
}
