// A tag of one function means nothing in another.
// refused: 8
int first(void) {
    struct point { int x, y; } a = {1, 2};
    return a.x;
}
int main(void) {
    struct point b;
    return first();
}
