// An array has all of its string, what comes after a 0, too, each time anew. A string may fill it, as one row of several.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
char global[] = "a\0bc", rest[8] = "a\0b";

int changed(void) {
    char s[] = "abc";
    s[0]++;
    s[3]++;
    return s[0] * 2 + s[3];
}

int zeros(void) {
    char s[] = "a\0bc", t[8] = "a\0b", u[4] = "\0\0z";
    static char kept[] = "x\0y";
    if (sizeof s != 5 || s[0] != 'a' || s[1] != 0 || s[2] != 'b' || s[3] != 'c' || s[4] != 0) return 16;
    if (t[2] != 'b' || t[3] != 0 || t[4] != 0 || t[7] != 0) return 17;
    if (u[0] != 0 || u[2] != 'z' || u[3] != 0) return 18;
    if (sizeof global != 5 || global[2] != 'b' || global[3] != 'c') return 19;
    if (rest[2] != 'b' || rest[3] != 0 || rest[7] != 0) return 20;
    if (sizeof kept != 4 || kept[2]++ != 'y') return 21;
    if (changed() != 197) return 22;
    if (changed() != 197) return 23;
    for (int i = 0; i < 3; i++) {
        char v[6] = "xy";
        if (v[0] != 'x' || v[4] != 0) return 26;
        v[0] = v[4] = 'z';
    }
    return 0;
}

char rows[2][3] = {"abc", "def"};
char more[3][4] = {"abc", "defg", "h"};

int filled(void) {
    char local[2][3] = {"uvw", "xyz"}, one[2] = "ab";
    static char kept[2][2] = {"kl", "m"};
    if (sizeof rows != 6 || rows[0][2] != 'c' || rows[1][0] != 'd' || rows[1][2] != 'f') return 38;
    if (more[0][3] != 0 || more[1][3] != 'g' || more[2][0] != 'h' || more[2][1] != 0 || more[2][3] != 0) return 39;
    if (local[0][2] != 'w' || local[1][0] != 'x' || local[1][2] != 'z') return 40;
    if (one[0] != 'a' || one[1] != 'b') return 41;
    if (kept[0][1] != 'l' || kept[1][0] != 'm' || kept[1][1] != 0) return 42;
    return 0;
}

int main(void) {
    int wrong = zeros();
    return wrong ? wrong : filled();
}
