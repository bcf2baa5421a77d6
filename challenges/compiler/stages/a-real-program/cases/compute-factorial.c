// 30! is longer than any number of the machine: its digits are kept in an array.
// stdout: 265252859812191058636308480000000
int putchar(int c);

int main(void) {
    unsigned char digits[40] = {1};
    int length = 1;
    for (int n = 2; n <= 30; n++) {
        int carry = 0;
        for (int i = 0; i < length; i++) {
            int value = digits[i] * n + carry;
            digits[i] = value % 10;
            carry = value / 10;
        }
        while (carry) {
            digits[length++] = carry % 10;
            carry /= 10;
        }
    }
    while (length--)
        putchar('0' + digits[length]);
    putchar('\n');
    return 0;
}
