static int n;

static int next(void) {
    static int calls;
    return ++calls;
}

int other(void) {
    n += 5;
    return n + next() * 2;
}
