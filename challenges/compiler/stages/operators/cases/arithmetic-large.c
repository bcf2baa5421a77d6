// Intermediate values may be larger than an exit status.
// exit: 100
int main(void) {
    return 1000000 * 2000 / 20000000;
}
