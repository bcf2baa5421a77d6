// Structs cannot be compared as wholes.
// refused: 6
struct point { int x, y; };
int main(void) {
    struct point a = {1, 2}, b = a;
    if (a == b) return 1;
    return 0;
}
