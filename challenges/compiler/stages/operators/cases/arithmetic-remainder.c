// What is left over by division.
// exit: 4
int main(void) {
    return 1000 % 7 - 2;
}
