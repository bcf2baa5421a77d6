// The same with bits and shifts.
// exit: 53
int main(void) {
    int a = 12;
    a &= 10;
    a |= 3;
    a ^= 6;
    a <<= 3;
    a >>= 1;
    a |= 1;
    return a;
}
