// Two structs are two types, though their members are alike.
// refused: 8
struct point { int x, y; };
struct size { int x, y; };
int main(void) {
    struct point a = {1, 2};
    struct size b;
    b = a;
    return b.x;
}
