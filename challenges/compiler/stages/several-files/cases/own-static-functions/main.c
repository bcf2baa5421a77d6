// A static function is its file's own: both files have one of this name.
// exit: 12
int other(void);

static int value(void) {
    return 2;
}

int main(void) {
    return value() + other();
}
