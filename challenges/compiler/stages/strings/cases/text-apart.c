// Strings that begin alike are strings of their own, to their ends.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
char *first = "x", *second = "x\0y", *third = "x\0z";

int main(void) {
    char *a = "x", *b = "x\0y", *c = "xy";
    if (a[0] != 'x' || a[1] != 0) return 8;
    if (b[0] != 'x' || b[1] != 0 || b[2] != 'y' || b[3] != 0) return 9;
    if (c[0] != 'x' || c[1] != 'y' || c[2] != 0) return 10;
    if (first[1] != 0 || second[2] != 'y' || third[2] != 'z') return 11;
    if ("\0a"[1] != 'a' || "\0b"[1] != 'b' || ""[0] != 0) return 12;
    return 0;
}
