int other(void) {
    return missing;
}
