// A struct whose members come later can be pointed to before.
// exit: 12
struct tree;

int value(struct tree *t);

struct tree {
    struct tree *left, *right;
    int value;
};

int value(struct tree *t) {
    if (!t)
        return 0;
    return value(t->left) + t->value + value(t->right);
}

int main(void) {
    struct tree a = {0, 0, 3}, b = {0, 0, 4}, root = {&a, &b, 5};
    return value(&root);
}
