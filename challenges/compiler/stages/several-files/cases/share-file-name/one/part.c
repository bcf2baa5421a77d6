static int value = 5;

int first(void) {
    return value;
}
