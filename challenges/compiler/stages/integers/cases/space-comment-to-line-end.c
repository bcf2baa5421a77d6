// What follows two slashes is not code, and neither is a block comment that seems to begin there.
// exit: 10
int main(void) { // return 1; /* not the beginning of a comment
    return 10; // */ }
}
