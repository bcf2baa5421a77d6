// Chains group to the left, and the result of one is an operand of the next.
// exit: 9
int main(void) {
    return (1 && 2 && 3) + (1 && 0 && 3) * 2 + (0 || 0 || 3) * 8;
}
