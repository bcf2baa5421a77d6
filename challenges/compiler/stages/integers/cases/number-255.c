// The largest exit status there is.
// exit: 255
int main(void) {
    return 255;
}
