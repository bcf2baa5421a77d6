// Where an unsigned takes part, an int is unsigned, too: -1 is the largest of all.
// exit: 11
int main(void) {
    unsigned one = 1;
    int minus = -1;
    return (minus > one) + (one < minus) * 2 + (minus == 1) * 4 + (4000000000U > one) * 8;
}
