int third(void) {
    return 0;
}
