// Every value of a list is converted to its member, the second and later ones, too, variables and constants alike.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
struct all { long l, m; unsigned long ul; unsigned u; short s; unsigned char c; long last[2]; };
struct all early = {-1, 4294967295, -1, -1, 65535, 511, {-2, -3}};

int main(void) {
    int i = -3;
    unsigned u = 4000000000;
    long big = 4294967301;
    struct all late = {i, i, i, i, i, i, {i, u}};
    struct all cut = {u, big, u, big, big, big, {u, i}};
    if (early.l != -1 || early.m != 4294967295 || early.ul != 18446744073709551615UL) return 13;
    if (early.u != 4294967295 || early.s != -1 || early.c != 255) return 14;
    if (early.last[0] != -2 || early.last[1] != -3) return 15;
    if (late.l != -3 || late.m != -3 || late.ul != 18446744073709551613UL) return 16;
    if (late.u != 4294967293 || late.s != -3 || late.c != 253) return 17;
    if (late.last[0] != -3 || late.last[1] != 4000000000) return 18;
    if (cut.l != 4000000000 || cut.m != 4294967301 || cut.ul != 4000000000) return 19;
    if (cut.u != 5 || cut.s != 5 || cut.c != 5) return 20;
    if (cut.last[0] != 4000000000 || cut.last[1] != -3) return 21;
    return 0;
}
