// A string may fill its array to the last character, also as one row of several. The 0 then has no room.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
char rows[2][3] = {"abc", "def"};
char more[3][4] = {"abc", "defg", "h"};

int main(void) {
    char local[2][3] = {"uvw", "xyz"}, one[2] = "ab";
    static char kept[2][2] = {"kl", "m"};
    if (sizeof rows != 6 || rows[0][2] != 'c' || rows[1][0] != 'd' || rows[1][2] != 'f') return 10;
    if (more[0][3] != 0 || more[1][3] != 'g' || more[2][0] != 'h' || more[2][1] != 0 || more[2][3] != 0) return 11;
    if (local[0][2] != 'w' || local[1][0] != 'x' || local[1][2] != 'z') return 12;
    if (one[0] != 'a' || one[1] != 'b') return 13;
    if (kept[0][1] != 'l' || kept[1][0] != 'm' || kept[1][1] != 0) return 14;
    return 0;
}
