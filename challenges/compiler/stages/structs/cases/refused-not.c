// A struct is neither true nor false, so `!` has nothing to turn round.
// refused: 6
struct point { int x, y; };
int main(void) {
    struct point a = {1, 2};
    if (!a) return 1;
    return 0;
}
