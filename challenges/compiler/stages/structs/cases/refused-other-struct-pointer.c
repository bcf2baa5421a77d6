// Declarations of one function agree in the struct that a parameter points to, even if the members are the same.
// refused: 6
struct point { int x, y; };
struct place { int x, y; };
int f(struct point *p);
int f(struct place *p) {
    return p->x;
}
int main(void) {
    return 0;
}
