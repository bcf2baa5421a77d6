// An initialiser may use every operator that constants have, and skips what && and || skip. Any name will do.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int mod = -7 / 2, ax = -7 % 3, offset = 7 % -3, ptr = 3 << 4 >> 2, byte = ~5 & 15 ^ 3 | 64;
int rax = -2 < 1, mov = 3 == 4, L1 = 2 && 3, L2 = 0 || 5, inverse = !7, str1 = - -4 + +3, add = 0 ? 1 : 0 ? 2 : 3;
int lowest = -2147483647 - 1, far = -2000000000 < 2000000000, flat = 20 - 5 - 3, many = 100 / 5 / 2 * 3;
int a = 0 && 1 / 0, b = 1 || 1 / 0, c = 1 ? 2 : 1 / 0, d = 0 ? 1 % 0 : 3, e = 0 && 0 && 1 / 0;
int f = (1 || 1 % 0) + 4, g = !(0 && 1 / 0) ? 6 : 1 / 0;

int main(void) {
    static int kept = 0 && 1 / 0;
    if (a != 0) return 12;
    if (b != 1) return 13;
    if (c != 2) return 14;
    if (d != 3) return 15;
    if (e != 0) return 16;
    if (f != 5) return 17;
    if (g != 6) return 18;
    if (kept++ != 0) return 19;
    if (mod != -3) return 20;
    if (ax != -1) return 21;
    if (offset != 1) return 22;
    if (ptr != 12) return 23;
    if (byte != 73) return 24;
    if (rax != 1) return 25;
    if (mov != 0) return 26;
    if (L1 != 1) return 27;
    if (L2 != 1) return 28;
    if (inverse != 0) return 29;
    if (str1 != 7) return 30;
    if (add != 3) return 31;
    if (lowest + 2147483647 != -1) return 32;
    if (far != 1) return 33;
    if (flat != 12) return 34;
    if (many != 30) return 35;
    return 0;
}
