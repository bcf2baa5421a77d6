// Members are converted to their type, in a list, too, and their neighbours stay as they are.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
struct mixed {
    unsigned char uc;
    short s;
    unsigned u;
    unsigned char next;
    long l;
};
struct mixed early = {300, 40000, -1, 256 + 7, -1};
int main(void) {
    int i = -7;
    long big = 4294967298;
    struct mixed late = {big + 255, 65535, i, 9, i}, *p = &early;
    if (early.uc != 44L || early.s != -25536L || early.u != 4294967295L) return 16;
    if (early.next != 7L || early.l != -1L) return 17;
    if (late.uc != 1L || late.s != -1L || late.u != 4294967289L) return 18;
    if (late.next != 9L || late.l != -7L) return 19;
    if ((late.uc = big) != 2L || late.s != -1L) return 20;
    if ((p->uc += 250) != 38L || p->uc != 38L || p->s != -25536L) return 21;
    if (p->next-- != 7L || (p->next -= 7) != 255L || p->u != 4294967295L) return 22;
    if ((i < p->u) != 1L || (i < late.l) != 0L) return 23;
    if ((p->l = late.u) != 4294967289L || (p->l = late.s) != -1L) return 24;
    if ((p->u /= -2) != 1L) return 25;
    return 0;
}
