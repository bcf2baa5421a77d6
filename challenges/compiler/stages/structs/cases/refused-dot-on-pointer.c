// A pointer has no members; an arrow follows it first.
// refused: 7
struct point { int x, y; };
int main(void) {
    struct point a = {1, 2};
    struct point *p = &a;
    return p.x;
}
