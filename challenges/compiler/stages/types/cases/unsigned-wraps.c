// unsigned has no sign: below zero it begins again at the top.
// exit: 7
int main(void) {
    unsigned a = 0;
    a--;
    unsigned long b = 0;
    b = b - 1;
    return (a > 0) + (a == 4294967295) * 2 + (b > a) * 4;
}
