// A condition may be a comma: its right side decides.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int a = 1, r = 0;
    if (a++, a == 2) r = 1;
    if (r != 1 || a != 2) return 7;
    if (a, 0) return 8;
    if (0, a) r = 2; else return 9;
    if ((a++, 0) || (a++, 1)) r = 3;
    if (r != 3 || a != 4) return 11;
    if ((a ? a++, 7 : 8) != 7 || a != 5) return 12;
    if ((0 ? 7 : (a++, 8)) != 8 || a != 6) return 13;
    return 0;
}
