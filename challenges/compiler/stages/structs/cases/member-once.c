// Whose member is stepped is found once, and it is as wide as its type. A star belongs to one member alone.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
struct item { char k; int n; long l; unsigned char c[2]; };

int calls = 0;

struct item *at(struct item *p) {
    calls++;
    return p;
}

int once(void) {
    struct item a[3] = {{1, 10, 100, {5, 6}}, {2, 20, 200, {7, 8}}, {3, 30, 300, {9, 255}}}, *p = a;
    int i = 0;
    a[i++].n++;
    if (i != 1 || a[0].n != 11 || a[1].n != 20) return 17;
    a[i++].n += 5;
    if (i != 2 || a[1].n != 25 || a[2].n != 30) return 19;
    if (--a[i--].l != 299 || i != 1 || a[2].l != 299) return 20;
    if (a[--i].c[1]++ != 6 || i != 0 || a[0].c[1] != 7) return 21;
    p++->n--;
    if (p != a + 1 || a[0].n != 10 || a[1].n != 25) return 23;
    (++p)->c[1]++;
    if (p != a + 2 || a[2].c[1] != 0 || a[2].c[0] != 9) return 25;
    at(p)->n += 3;
    if (calls != 1 || a[2].n != 33) return 27;
    if (at(a)->l++ != 100 || calls != 2 || a[0].l != 101) return 28;
    if (++at(at(a) + 1)->k != 3 || calls != 4 || a[1].k != 3) return 29;
    (*at(a)).c[0] *= 100;
    if (calls != 5 || a[0].c[0] != 244 || a[0].c[1] != 7) return 31;
    return 0;
}

struct wide { int before; long l; unsigned u; short s; unsigned char c, after; int i; };

int steps(void) {
    struct wide a = {7, 4294967295, 4294967295, 255, 255, 8, -8}, *p = &a;
    unsigned two = 2;
    if (a.l++ != 4294967295 || a.l != 4294967296 || ++p->l != 4294967297 || (p->l -= 2) != 4294967295) return 40;
    if (++a.l != 4294967296 || p->l-- != 4294967296 || a.l != 4294967295) return 41;
    if ((p->l *= 4) != 17179869180 || (a.l >>= 2) != 4294967295) return 42;
    if (p->u++ != 4294967295 || a.u != 0 || --a.u != 4294967295 || (p->u /= -2L) != 2147483649) return 43;
    if (a.s++ != 255 || p->s != 256 || (p->s *= 200) != -14336) return 44;
    if (p->c++ != 255 || a.c != 0 || --a.c != 255 || (a.c += 300) != 43) return 45;
    if ((p->i /= two) != 2147483644 || a.i != 2147483644) return 46;
    a.i = 1000;
    if ((a.i /= 7000000000) != 0) return 48;
    a.i = -7;
    if ((a.i %= 10U) != 9) return 50;
    if (a.before != 7 || a.after != 8) return 51;
    return 0;
}

struct mixed { char *p, c, d; };
struct more { int a[2], *p, **pp, n; char b, q[3], *r[2]; };

int declarators(void) {
    struct mixed a;
    struct more m;
    a.c = 1;
    a.d = 2;
    a.p = &a.d;
    if (sizeof(struct mixed) != 16 || sizeof a.p != 8 || sizeof a.c != 1 || sizeof a.d != 1) return 64;
    if (*a.p != 2 || a.c + a.d != 3) return 65;
    if (sizeof m.a != 8 || sizeof m.p != 8 || sizeof m.n != 4 || sizeof m.b != 1 || sizeof m.q != 3 || sizeof m.r != 16) return 66;
    if (sizeof(struct more) != 48) return 67;
    m.n = 5;
    m.p = &m.n;
    m.pp = &m.p;
    **m.pp += 1;
    if (m.n != 6) return 72;
    return 0;
}

int main(void) {
    int wrong = once();
    if (!wrong) wrong = steps();
    return wrong ? wrong : declarators();
}
