// Structs of any size are copied from and to wherever they lie: into an array, a member, through a pointer, from a choice.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
struct odd { char a[3]; };
struct twelve { int x, y, z; };
struct big { long l[9]; char tail; };
struct holder { char before; struct odd odd; char between; struct twelve twelve; int after; };
struct twelve global = {7, 8, 9}, other;

int main(void) {
    struct odd o = {{1, 2, 3}}, p = {{4, 5, 6}};
    struct holder h = {10, {{11, 12, 13}}, 14, {15, 16, 17}, 18}, copy = h, *q = &copy;
    struct twelve list[2] = {{1, 2, 3}, {4, 5, 6}}, from = global;
    struct big one = {{1, 2, 3, 4, 5, 6, 7, 8, 9}, 10}, two = one;
    h.odd = o;
    if (h.before != 10 || h.odd.a[0] != 1 || h.odd.a[2] != 3 || h.between != 14) return 16;
    q->twelve = list[1];
    if (q->between != 14 || q->twelve.x != 4 || q->twelve.z != 6 || q->after != 18) return 18;
    list[0] = global;
    if (list[0].x != 7 || list[0].z != 9 || list[1].x != 4) return 20;
    other = list[1];
    if (other.x != 4 || other.z != 6 || global.x != 7) return 22;
    if (from.y != 8 || copy.odd.a[2] != 13) return 23;
    if (two.l[8] != 9 || two.tail != 10) return 24;
    o = q ? p : o;
    if (o.a[0] != 4 || o.a[2] != 6) return 26;
    q->odd = h.odd = p;
    if (q->odd.a[2] != 6 || h.odd.a[2] != 6 || q->before != 10 || q->between != 14) return 28;
    *q = h;
    if (q->after != 18 || q->twelve.x != 15) return 30;
    return 0;
}
