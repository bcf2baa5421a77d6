// What is not chosen, or is settled, is not computed, even if it only has a value.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int zero = 0, one = 1, r;
    if ((zero ? 5 / zero : 6) != 6) return 6;
    if ((one ? 6 : 5 / zero) != 6) return 7;
    if ((zero ? 5 % zero : one) != 1) return 8;
    if ((one ? one : 1 % zero) != 1) return 9;
    r = zero ? 5 / zero : one ? 7 : 8 / zero;
    if (r != 7) return 11;
    if (zero && 5 / zero) return 12;
    if (one || 5 / zero) ; else return 13;
    if ((zero && 5 / zero) != 0) return 14;
    if ((one || 5 / zero) != 1) return 15;
    r = one || 5 / zero;
    if (r != 1) return 17;
    r = zero && 5 % zero;
    if (r != 0) return 19;
    if (!(zero && 1 / zero)) ; else return 20;
    if (zero ? 1 / zero : zero) return 21;
    return 0;
}
