// A sum binds tighter than a shift: 1 << (2 + 1).
// exit: 8
int main(void) {
    return 1 << 2 + 1;
}
