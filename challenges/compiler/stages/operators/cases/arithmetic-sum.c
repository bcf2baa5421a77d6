// Sums of many terms.
// exit: 55
int main(void) {
    return 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10;
}
