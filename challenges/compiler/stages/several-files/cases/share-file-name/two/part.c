static int value = 30;

int second(void) {
    return value;
}
