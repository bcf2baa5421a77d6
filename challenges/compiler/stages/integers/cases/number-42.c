// A number of two digits becomes the exit status.
// exit: 42
int main(void) {
    return 42;
}
