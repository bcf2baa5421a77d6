// What is declared as static stays its file's own, even if `static` is not written again.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
static int value(void);
static int count = 1;
extern int count;
int other(void);
int other_count(void);

int main(void) {
    extern int count;
    int value(void);
    if (value() != 1) return 13;
    if (other() != 2) return 14;
    count += 5;
    if (count != 6) return 16;
    if (other_count() != 2) return 17;
    return 0;
}

int value(void) {
    return 1;
}
