// A struct of an inner block hides the outer one of the same tag.
// exit: 14
struct s {
    int a;
};

int main(void) {
    struct s outer = {4};
    int size;
    {
        struct s {
            long a, b;
        };
        struct s inner = {1, 2};
        size = sizeof(struct s) - sizeof inner + inner.b * 3;
    }
    return outer.a + size + sizeof(struct s);
}
