// What is skipped in a constant expression is not computed: `0 && 1 / 0` is 0 here as well.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int a = 0 && 1 / 0, b = 1 || 1 / 0, c = 1 ? 2 : 1 / 0, d = 0 ? 1 % 0 : 3, e = 0 && 0 && 1 / 0;
int f = (1 || 1 % 0) + 4, g = !(0 && 1 / 0) ? 6 : 1 / 0;

int main(void) {
    static int kept = 0 && 1 / 0;
    if (a != 0) return 9;
    if (b != 1) return 10;
    if (c != 2) return 11;
    if (d != 3) return 12;
    if (e != 0) return 13;
    if (f != 5) return 14;
    if (g != 6) return 15;
    if (kept++ != 0) return 16;
    return 0;
}
