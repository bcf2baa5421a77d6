// A long that becomes an int keeps its lower bits, here those of 7.
// exit: 7
int main(void) {
    long a = 4294967296 * 3 + 7;
    int b = a;
    return b;
}
