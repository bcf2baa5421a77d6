int level = 10;

int get(void) {
    return level;
}
