// The bits of a pointer cannot be turned.
// refused: 5
int main(void) {
    int a = 1, *p = &a;
    p = ~p;
    return *p;
}
