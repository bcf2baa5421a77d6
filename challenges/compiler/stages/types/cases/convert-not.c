// `!` looks at all bits that its operand has, as a value and as a condition.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    long l, zero = 0;
    unsigned long ul;
    int r;
    l = 4294967296;
    r = !l;
    if (r != 0) return 10;
    if (!l + 1 != 1) return 11;
    if (!!l != 1) return 12;
    if ((!l ? 5 : 6) != 6) return 13;
    if (!(l || zero)) return 14;
    if (!(l && l)) return 15;
    if (!(l == l)) return 16;
    if (!(l > zero)) return 17;
    if (-!l != 0) return 18;
    r = !zero;
    if (r != 1) return 20;
    if (!zero + 1 != 2) return 21;
    if (!!zero != 0) return 22;
    ul = 1UL << 63;
    r = !ul;
    if (r != 0) return 25;
    if (!!ul != 1) return 26;
    ul = ul << 1;
    r = !ul;
    if (r != 1) return 29;
    r = !4294967296;
    if (r != 0) return 31;
    r = !!1099511627776;
    if (r != 1) return 33;
    return 0;
}
