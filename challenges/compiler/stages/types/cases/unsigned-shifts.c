// A right shift of an unsigned number fills up with zeros.
// exit: 7
int main(void) {
    unsigned a = 4294967295U;
    unsigned long b = 0;
    b = ~b;
    a >>= 1;
    return (a == 2147483647) + (b >> 63 == 1) * 2 + (4026531840U >> 28 == 15) * 4;
}
