// Each struct has names of its own; variables and tags may have them, too.
// exit: 63
struct x {
    int y;
    int x;
};

struct y {
    int x;
    int z;
    int y;
};

int main(void) {
    struct x x;
    struct y y;
    x.x = 1;
    x.y = 2;
    y.x = 10;
    y.y = 20;
    y.z = 30;
    return x.x + x.y + y.x + y.y + y.z;
}
