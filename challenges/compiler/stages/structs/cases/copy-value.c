// The value of an assignment is a struct, too, and so is that of ?:.
// exit: 9
struct point {
    int x, y;
};

int main(void) {
    struct point a = {1, 2}, b, c;
    c = b = a;
    c.x = 5;
    struct point d = a.x > 1 ? b : c;
    return d.x + d.y + b.x + (a = c).y * 0 + 1;
}
