// A tag of a block is known to its end only.
// refused: 8
int main(void) {
    {
        struct point { int x, y; };
        struct point inner = {1, 2};
    }
    struct point a;
    return 0;
}
