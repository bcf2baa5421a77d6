// A comparison is a number: 1 or 0.
// exit: 12
int main(void) {
    return (7 > 3) + (7 > 3) + (3 > 7) + 10;
}
