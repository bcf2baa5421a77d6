// A string in a list fills its member with zeros to the end, and may fill it without one.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
struct entry { char name[8]; int n; };
struct code { char code[3]; char kind; };
struct entry table[2] = {{"ab", 1}, {"cd", 2}};
struct code codes[2] = {{"abc", 'x'}, {"d", 'y'}};
struct { char rows[2][3]; char *p; } rows = {{"uvw", "x"}, "yz"};

int main(void) {
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
