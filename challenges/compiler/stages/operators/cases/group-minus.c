// Subtraction groups to the left: (10 - 3) - 2.
// exit: 5
int main(void) {
    return 10 - 3 - 2;
}
