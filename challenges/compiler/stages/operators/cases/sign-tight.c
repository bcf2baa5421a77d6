// A sign binds tighter than any operator of two operands.
// exit: 6
int main(void) {
    return -2 * -3;
}
