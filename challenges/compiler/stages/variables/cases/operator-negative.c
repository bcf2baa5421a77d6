// A division of a negative variable rounds towards zero, by whatever number: a shift or a mask would not.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int a = -7, b = 7, two = 2, four = 4, eight = 8, low = -2147483647, line = 0;
    (line = 6, a / 2 == -3)
        && (line = 7, a / 4 == -1)
        && (line = 8, a / 8 == 0)
        && (line = 9, a / 1 == -7)
        && (line = 10, a / -1 == 7)
        && (line = 11, a / -2 == 3)
        && (line = 12, a / two == -3)
        && (line = 13, a / four == -1)
        && (line = 14, a / eight == 0)
        && (line = 15, a % 2 == -1)
        && (line = 16, a % 4 == -3)
        && (line = 17, a % 8 == -7)
        && (line = 18, a % 1 == 0)
        && (line = 19, a % -4 == -3)
        && (line = 20, a % two == -1)
        && (line = 21, a % four == -3)
        && (line = 22, a % eight == -7)
        && (line = 23, b / -2 == -3)
        && (line = 24, b % -4 == 3)
        && (line = 25, b / 4 == 1)
        && (line = 26, b % 4 == 3)
        && (line = 27, -7 / two == -3)
        && (line = 28, -7 % four == -3)
        && (line = 29, low / 2 == -1073741823)
        && (line = 30, low / 1024 == -2097151)
        && (line = 31, low / 1073741824 == -1)
        && (line = 32, low % 2 == -1)
        && (line = 33, low % 65536 == -65535)
        && (line = 34, low % 1073741824 == -1073741823)
        && (line = 35, a * 2 == -14)
        && (line = 36, a * 8 == -56)
        && (line = 37, a * -4 == 28)
        && (line = 38, a / 3 == -2)
        && (line = 39, a % 3 == -1)
        && (line = 40, a / 10 == 0)
        && (line = 41, a % 10 == -7)
        && (line = 0);
    return line;
}
