// A struct is not a number.
// refused: 6
struct point { int x, y; };
int main(void) {
    struct point a = {1, 2};
    return a + 1;
}
