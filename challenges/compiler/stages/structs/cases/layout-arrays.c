// An array is aligned as its elements are, a struct as its widest member, whatever their lengths.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
struct name { char c; char name[8]; };
struct shorts { char c; short s[4]; };
struct deep { char c; struct name n; char d; };
struct rows { char c; char rows[2][4]; long l; };
struct pointers { char c; char *p[2]; };
struct three { char x[3]; };
struct tail { long l; char c[3]; };

int main(void) {
    struct deep d;
    struct three t[4];
    if (sizeof(struct name) != 9) return 15;
    if (sizeof(struct shorts) != 10) return 16;
    if (sizeof(struct deep) != 11 || (char *)&d.n - (char *)&d != 1) return 17;
    if (sizeof(struct rows) != 24) return 18;
    if (sizeof(struct pointers) != 24) return 19;
    if (sizeof t != 12 || (char *)&t[1] - (char *)t != 3) return 20;
    if (sizeof(struct tail) != 16) return 21;
    return 0;
}
