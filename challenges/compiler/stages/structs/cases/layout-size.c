// Each member stands where its type may stand, and the end is padded so that structs can follow each other.
// exit: 92
struct a {
    char c;
    int i;
};

struct b {
    char c;
    long l;
    char d;
};

struct c {
    char x, y, z;
};

struct d {
    struct b b;
    short s;
};

int main(void) {
    struct b many[1];
    return sizeof(struct a) + sizeof(struct b) + sizeof(struct c) + sizeof(struct d) + sizeof many + sizeof many[0].l
        - 7 + 1 - 1;
}
