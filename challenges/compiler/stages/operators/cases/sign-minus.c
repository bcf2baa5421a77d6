// A minus may stand before a number, and before a minus.
// exit: 9
int main(void) {
    return -1 + - -10;
}
