// A loop goes on for any number but 0, whichever of its 32 bits are set.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int a = 256, rounds = 0;
    while (a) {
        a = a - 64;
        rounds++;
    }
    if (rounds != 4) return 10;
    for (a = 65536; a; a = a - 16384)
        rounds++;
    if (rounds != 8) return 13;
    a = 16777216;
    do {
        a = a - 8388608;
        rounds++;
    } while (a);
    if (rounds != 10) return 19;
    while (a - 256 && rounds < 12)
        rounds++;
    if (rounds != 12) return 22;
    return 0;
}
