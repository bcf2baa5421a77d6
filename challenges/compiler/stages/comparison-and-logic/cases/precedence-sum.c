// Sums and shifts bind tighter than comparisons.
// exit: 3
int main(void) {
    return (2 + 1 > 2) + (1 << 3 >= 8) * 2;
}
