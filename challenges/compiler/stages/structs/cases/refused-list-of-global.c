// The list of a global struct holds constants.
// refused: 5
struct point { int x, y; };
int a = 3;
struct point p = {1, a};
int main(void) {
    return p.y;
}
