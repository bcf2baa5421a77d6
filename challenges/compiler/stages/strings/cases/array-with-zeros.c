// An array that begins as a string has all of it, what comes after a 0, too, each time that execution gets there.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
char global[] = "a\0bc", rest[8] = "a\0b";

int changed(void) {
    char s[] = "abc";
    s[0]++;
    s[3]++;
    return s[0] * 2 + s[3];
}

int main(void) {
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
