// A remainder has the sign of the left operand: -7 % 3 is -1, and 7 % -3 is 1.
// exit: 21
int main(void) {
    return (-7 % 3 + 3) * 10 + 7 % -3;
}
