// Negative numbers are less than others, whatever their bits are.
// exit: 7
int main(void) {
    return (-1 < 1) * 4 + (-2 < -1) * 2 + (0 > -2147483647);
}
