// Members step and add as variables do, even at the end of a long path.
// exit: 17
struct inner {
    unsigned char c[2];
};

struct outer {
    struct inner *where;
};

int main(void) {
    struct inner a = {{255, 1}};
    struct outer b = {&a};
    struct outer *p = &b;
    p->where->c[0]++;
    p->where->c[1] += 15;
    ++(*p).where->c[0];
    return a.c[0] + a.c[1];
}
