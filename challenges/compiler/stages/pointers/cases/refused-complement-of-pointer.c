// The bits of a pointer cannot be flipped.
// refused: 5
int main(void) {
    int a = 1, *p = &a;
    p = ~p;
    return *p;
}
