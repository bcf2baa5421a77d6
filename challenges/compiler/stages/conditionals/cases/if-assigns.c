// A condition may assign: its value is what was assigned.
// exit: 9
int main(void) {
    int a = 1, b = 0;
    if (b = a - 1)
        return 1;
    if (b = a + 1)
        return b + 7;
    return 2;
}
