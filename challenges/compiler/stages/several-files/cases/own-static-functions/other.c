static int value(void) {
    return 10;
}

int other(void) {
    return value();
}
