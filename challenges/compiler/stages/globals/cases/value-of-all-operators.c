// An initialiser may use every operator that constants have, with the results that they have elsewhere.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int divided = -7 / 2, rest = -7 % 3, other = 7 % -3, shifted = 3 << 4 >> 2, bits = ~5 & 15 ^ 3 | 64;
int less = -2 < 1, equal = 3 == 4, both = 2 && 3, either = 0 || 5, inverse = !7, signs = - -4 + +3, chosen = 0 ? 1 : 0 ? 2 : 3;
int lowest = -2147483647 - 1, far = -2000000000 < 2000000000, group = 20 - 5 - 3, many = 100 / 5 / 2 * 3;

int main(void) {
    if (divided != -3) return 9;
    if (rest != -1) return 10;
    if (other != 1) return 11;
    if (shifted != 12) return 12;
    if (bits != 73) return 13;
    if (less != 1) return 14;
    if (equal != 0) return 15;
    if (both != 1) return 16;
    if (either != 1) return 17;
    if (inverse != 0) return 18;
    if (signs != 7) return 19;
    if (chosen != 3) return 20;
    if (lowest + 2147483647 != -1) return 21;
    if (far != 1) return 22;
    if (group != 12) return 23;
    if (many != 30) return 24;
    return 0;
}
