// A struct without a tag is a type of its own, for what is declared with it.
// exit: 50
struct { int a; char b; } first = {3, 4}, second;
struct point {
    struct { int x, y; } at;
    int color;
};

int main(void) {
    struct { long pair[2]; } big[2];
    struct point p = {{1, 2}, 3};
    second = first;
    big[1].pair[1] = 5;
    return second.a + second.b + sizeof big + p.at.y * p.color + big[1].pair[1];
}
