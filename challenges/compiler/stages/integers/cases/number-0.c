// The smallest program there is.
// exit: 0
int main(void) {
    return 0;
}
