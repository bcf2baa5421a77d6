// A static variable belongs to its file, and so does one inside a function.
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
