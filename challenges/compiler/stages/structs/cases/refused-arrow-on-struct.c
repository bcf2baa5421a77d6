// A struct is not a pointer.
// refused: 6
struct point { int x, y; };
int main(void) {
    struct point a = {1, 2};
    return a->x;
}
