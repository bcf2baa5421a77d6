// Bit by bit: and, or, exclusive or.
// exit: 30
int main(void) {
    return (12 & 10) + (12 | 10) + (12 ^ 10) + (1 & 2) + (3 & 2);
}
