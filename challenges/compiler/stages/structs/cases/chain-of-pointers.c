// A struct may hold pointers to its own kind: a list.
// exit: 60
struct node {
    int value;
    struct node *next;
};

int main(void) {
    struct node c = {30, 0}, b = {20, &c}, a = {10, &b};
    int sum = 0;
    for (struct node *p = &a; p; p = p->next)
        sum += p->value;
    return sum + (a.next->next->value - 30);
}
