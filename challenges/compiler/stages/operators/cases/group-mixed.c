// Operators of one precedence group to the left together: ((60 / 6) * 2) % 7.
// exit: 6
int main(void) {
    return 60 / 6 * 2 % 7;
}
