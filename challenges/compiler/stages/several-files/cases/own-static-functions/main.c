// A static function belongs to its file: both files have one of this name.
// exit: 12
int other(void);

static int value(void) {
    return 2;
}

int main(void) {
    return value() + other();
}
