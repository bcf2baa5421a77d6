// < binds tighter than ==: 1 == (5 > 4), and 0 == (3 < 2).
// exit: 3
int main(void) {
    return (1 == 5 > 4) + (0 == 3 < 2) * 2;
}
