// Two files that define a struct in the same way mean the same struct.
// exit: 30
struct box { int width, height; };
int area(struct box *b);

int main(void) {
    struct box a = {5, 6};
    return area(&a);
}
