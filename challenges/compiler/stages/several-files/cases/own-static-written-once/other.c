int count = 2;

int value(void) {
    return 2;
}

int other(void) {
    return value();
}

int other_count(void) {
    return count;
}
