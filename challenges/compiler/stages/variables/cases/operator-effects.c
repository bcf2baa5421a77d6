// A value may be known beforehand; what happens on the way to it happens all the same.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int a, b = 5, line = 0;
    (line = 6, (a = 1, a++ * 0) == 0 && a == 2)
        && (line = 7, (a = 1, 0 * a++) == 0 && a == 2)
        && (line = 8, (a = 1, a++ & 0) == 0 && a == 2)
        && (line = 9, (a = 1, 0 & ++a) == 0 && a == 2)
        && (line = 10, (a = 1, (a = 7) * 0) == 0 && a == 7)
        && (line = 11, (a = 1, a++ % 1) == 0 && a == 2)
        && (line = 12, (a = 1, 0 / ++a) == 0 && a == 2)
        && (line = 13, (a = 1, 0 % ++a) == 0 && a == 2)
        && (line = 14, (a = 1, 0 << a++) == 0 && a == 2)
        && (line = 15, (a = 1, a++ | -1) == -1 && a == 2)
        && (line = 16, (a = 1, (a++, 0)) == 0 && a == 2)
        && (line = 17, (a = 1, a++ && 0) == 0 && a == 2)
        && (line = 18, (a = 1, a++ || 1) == 1 && a == 2)
        && (line = 19, (a = 1, (a = 0) && 1) == 0 && a == 0)
        && (line = 20, (a = 1, (a += 2) && 0) == 0 && a == 3)
        && (line = 21, (a = 1, (a -= 1) || 1) == 1 && a == 0)
        && (line = 22, (a = 1, 1 && a++) == 1 && a == 2)
        && (line = 23, (a = 1, 0 || a++) == 1 && a == 2)
        && (line = 24, (a = 1, 0 && a++) == 0 && a == 1)
        && (line = 25, (a = 1, 1 || a++) == 1 && a == 1)
        && (line = 26, (a = 1, b && 0 && a++) == 0 && a == 1)
        && (line = 27, (a = 1, (a++ && 0) || 0) == 0 && a == 2)
        && (line = 28, (a = 1, !(a++ * 0)) == 1 && a == 2)
        && (line = 29, (a = 1, -(a++ & 0)) == 0 && a == 2)
        && (line = 30, (a = 1, (a++ * 0) + (b * 0)) == 0 && a == 2)
        && (line = 0);
    return line;
}
