// A list sets each member in its own type, strings up to their last zero, each time that execution gets there.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
struct entry { char name[8]; int n; };
struct code { char code[3]; char kind; };
struct entry table[2] = {{"ab", 1}, {"cd", 2}};
struct code codes[2] = {{"abc", 'x'}, {"d", 'y'}};
struct { char rows[2][3]; char *p; } rows = {{"uvw", "x"}, "yz"};

int strings(void) {
    struct entry local[2] = {{"efghijkl", 3}, {"m"}};
    static struct code kept = {"pqr", 's'};
    struct code late = {"tuv", 'w'};
    if (table[0].n != 1 || table[1].n != 2) return 14;
    if (table[0].name[1] != 'b' || table[0].name[2] != 0 || table[0].name[7] != 0) return 15;
    if (table[1].name[0] != 'c' || table[1].name[2] != 0 || table[1].name[7] != 0) return 16;
    if (codes[0].code[2] != 'c' || codes[0].kind != 'x') return 17;
    if (codes[1].code[0] != 'd' || codes[1].code[1] != 0 || codes[1].code[2] != 0 || codes[1].kind != 'y') return 18;
    if (rows.rows[0][2] != 'w' || rows.rows[1][0] != 'x' || rows.rows[1][2] != 0 || rows.p[1] != 'z') return 19;
    if (local[0].name[7] != 'l' || local[0].n != 3 || local[1].name[0] != 'm' || local[1].name[7] != 0 || local[1].n != 0) return 20;
    if (kept.code[2] != 'r' || kept.kind != 's' || late.code[2] != 'v' || late.kind != 'w') return 21;
    return 0;
}

struct item { char name[5]; int n; char rest[31]; };

int dirty(int n) {
    char a[400];
    for (int i = 0; i < 400; i++)
        a[i] = 77;
    return a[n];
}

int changed(int n) {
    struct item a = {"abc", 4};
    int sum = a.name[3] + a.name[4] + a.n;
    for (int i = 0; i < 31; i++)
        sum += a.rest[i];
    a.n = a.rest[30] = a.name[4] = n;
    return sum;
}

int tables(int n) {
    struct item a[3] = {{"x", 1}, {"y", n}};
    int sum = a[0].n + a[1].n + a[2].n + a[2].name[4];
    for (int i = 0; i < 31; i++)
        sum += a[0].rest[i] + a[1].rest[i] + a[2].rest[i];
    a[2] = a[1];
    return sum;
}

int each_time(void) {
    dirty(3);
    if (changed(9) != 4) return 54;
    if (changed(9) != 4) return 55;
    dirty(3);
    if (tables(5) != 6) return 57;
    if (tables(6) != 7) return 58;
    return 0;
}

struct all { long l, m; unsigned long ul; unsigned u; short s; unsigned char c; long last[2]; };
struct all early = {-1, 4294967295, -1, -1, 65535, 511, {-2, -3}};

int converts(void) {
    int i = -3;
    unsigned u = 4000000000;
    long big = 4294967301;
    struct all late = {i, i, i, i, i, i, {i, u}};
    struct all cut = {u, big, u, big, big, big, {u, i}};
    if (early.l != -1 || early.m != 4294967295 || early.ul != 18446744073709551615UL) return 71;
    if (early.u != 4294967295 || early.s != -1 || early.c != 255) return 72;
    if (early.last[0] != -2 || early.last[1] != -3) return 73;
    if (late.l != -3 || late.m != -3 || late.ul != 18446744073709551613UL) return 74;
    if (late.u != 4294967293 || late.s != -3 || late.c != 253) return 75;
    if (late.last[0] != -3 || late.last[1] != 4000000000) return 76;
    if (cut.l != 4000000000 || cut.m != 4294967301 || cut.ul != 4000000000) return 77;
    if (cut.u != 5 || cut.s != 5 || cut.c != 5) return 78;
    if (cut.last[0] != 4000000000 || cut.last[1] != -3) return 79;
    return 0;
}

int main(void) {
    int wrong = strings();
    if (!wrong) wrong = each_time();
    return wrong ? wrong : converts();
}
