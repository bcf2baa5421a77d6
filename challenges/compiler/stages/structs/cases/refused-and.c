// A struct is neither true nor false on a side of && either.
// refused: 6
struct point { int x, y; };
int main(void) {
    struct point a = {1, 2};
    if (a && 1) return 1;
    return 0;
}
