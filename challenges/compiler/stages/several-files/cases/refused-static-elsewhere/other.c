static int hidden(void) {
    return 1;
}

int visible(void) {
    return hidden();
}
