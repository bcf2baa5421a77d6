// A number that begins with 0 is octal: 5 * 8 + 2.
// exit: 42
int main(void) {
    return 052;
}
