// A struct is defined once.
// refused: 4
struct point { int x, y; };
struct point { int x, y; };
int main(void) {
    return 0;
}
