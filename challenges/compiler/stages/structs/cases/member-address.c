// The address of a member is its struct's and its offset, in the initialiser of a global, too.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
struct point { char c; int x, y; };
struct line { struct point from, to; int marks[3]; };
struct point p = {1, 2, 3};
struct line l = {{4, 5, 6}, {7, 8, 9}, {10, 11, 12}};
struct line two[2] = {{{1, 2, 3}}, {{4, 5, 6}, {7, 80, 9}, {10, 11, 12}}};
int *y = &p.y, *inner = &l.to.x, *mark = &l.marks[2], *second = &two[1].to.x, *all = two[1].marks;
struct point *to = &l.to;
struct { int n; int *where; } both = {5, &p.x};

int main(void) {
    static int *kept = &l.from.y;
    struct line *q = &two[1];
    int *local = &q->to.y;
    if (*y != 3 || y != &p.y) return 17;
    if (*inner != 8 || *mark != 12) return 18;
    if (*second != 80 || all[1] != 11) return 19;
    if (to->c != 7 || to->y != 9) return 20;
    if (both.n != 5 || *both.where != 2) return 21;
    if (*kept != 6 || *local != 9) return 22;
    *y += 10;
    (*second)++;
    --*local;
    if (p.y != 13 || two[1].to.x != 81 || two[1].to.y != 8) return 26;
    if (p.x != 2 || p.c != 1 || two[1].to.c != 7 || two[1].marks[0] != 10) return 27;
    return 0;
}
