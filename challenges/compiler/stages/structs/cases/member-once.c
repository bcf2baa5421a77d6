// The struct whose member is assigned to or stepped is found once, a call or a step in it too.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
struct item { char k; int n; long l; unsigned char c[2]; };

int calls = 0;

struct item *at(struct item *p) {
    calls++;
    return p;
}

int main(void) {
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
