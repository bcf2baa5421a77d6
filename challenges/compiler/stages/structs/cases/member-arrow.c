// Through a pointer members are reached by an arrow.
// exit: 13
struct point {
    int x, y;
};

void move(struct point *p, int by) {
    p->x += by;
    p->y += by * 2;
}

int main(void) {
    struct point a = {1, 3};
    move(&a, 3);
    return a.x + (*&a).y + (&a)->x * 0;
}
