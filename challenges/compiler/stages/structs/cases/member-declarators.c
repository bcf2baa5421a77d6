// In `char *p, c;` the star belongs to p alone, in a struct as elsewhere, and so do the brackets of an array.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
struct mixed { char *p, c, d; };
struct more { int a[2], *p, **pp, n; char b, q[3], *r[2]; };

int main(void) {
    struct mixed a;
    struct more m;
    a.c = 1;
    a.d = 2;
    a.p = &a.d;
    if (sizeof(struct mixed) != 16 || sizeof a.p != 8 || sizeof a.c != 1 || sizeof a.d != 1) return 13;
    if (*a.p != 2 || a.c + a.d != 3) return 14;
    if (sizeof m.a != 8 || sizeof m.p != 8 || sizeof m.n != 4 || sizeof m.b != 1 || sizeof m.q != 3 || sizeof m.r != 16) return 15;
    if (sizeof(struct more) != 48) return 16;
    m.n = 5;
    m.p = &m.n;
    m.pp = &m.p;
    **m.pp += 1;
    if (m.n != 6) return 21;
    return 0;
}
