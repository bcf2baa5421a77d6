// A struct in a struct.
// exit: 47
struct point {
    int x, y;
};

struct line {
    char name;
    struct point from, to;
};

int main(void) {
    struct line a;
    struct line *p = &a;
    a.from.x = 1;
    a.from.y = 2;
    p->to.x = 4;
    (&p->to)->y = 40;
    struct point *end = &a.to;
    return a.from.x + p->from.y + end->x + end->y;
}
