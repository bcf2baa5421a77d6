// Numbers are compared, however far apart they are: their difference need not fit.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int a = -2000000000, b = 2000000000, line = 0;
    (line = 6, (a < b) == 1)
        && (line = 7, (a <= b) == 1)
        && (line = 8, (a > b) == 0)
        && (line = 9, (a >= b) == 0)
        && (line = 10, (a == b) == 0)
        && (line = 11, (a != b) == 1)
        && (line = 12, (b < a) == 0)
        && (line = 13, (b <= a) == 0)
        && (line = 14, (b > a) == 1)
        && (line = 15, (b >= a) == 1)
        && (line = 16, (a < 2000000000) == 1)
        && (line = 17, (a >= 2000000000) == 0)
        && (line = 18, (b > -2000000000) == 1)
        && (line = 19, (b <= -2000000000) == 0)
        && (line = 20, (-2000000000 < b) == 1)
        && (line = 21, (2000000000 < a) == 0)
        && (line = 22, (-2000000000 < 2000000000) == 1)
        && (line = 23, (2000000000 <= -2000000000) == 0)
        && (line = 0);
    return line;
}
