// Structs are copied through pointers, out of arrays, and as members.
// exit: 54
struct point {
    int x, y;
    char c;
};

struct pair {
    struct point a, b;
};

int main(void) {
    struct point list[2] = {{1, 2, 3}, {10, 20, 30}};
    struct pair p;
    struct point *q = &list[0];
    p.a = list[1];
    p.b = *q;
    *q = p.a;
    list[1] = list[0];
    return p.a.y + p.b.x + p.b.c + list[0].c + (list[1].x == 10 ? 0 : 100);
}
