// A static variable is its file's own, and one inside a function, too.
// exit: 35
static int n = 3;
int other(void);

int next(void) {
    static int calls = 10;
    return ++calls;
}

int main(void) {
    n += other();
    n += other();
    return n + next();
}
