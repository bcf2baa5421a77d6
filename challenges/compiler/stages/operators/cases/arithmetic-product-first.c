// A product binds tighter than a sum, on either side.
// exit: 26
int main(void) {
    return 2 * 3 + 4 * 5;
}
