// A statement may follow a pointer and step it at once: `*p++;` steps p, though nobody uses what it pointed to.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int count = 0;

int *next(int *p) {
    count++;
    return p;
}

int main(void) {
    int a = 1;
    int *p = &a;
    int **pp = &p;
    *next(p);
    if (count != 1) return 16;
    *next(p) + 1;
    if (count != 2) return 18;
    *next(p) += 1;
    if (count != 3 || a != 2) return 20;
    (*next(p))++;
    if (count != 4 || a != 3) return 22;
    ++*next(p);
    if (count != 5 || a != 4) return 24;
    if ((*next(p))-- != 4 || count != 6 || a != 3) return 25;
    if (*next(next(*pp)) != 3 || count != 8) return 26;
    *next(p) *= *p;
    if (count != 9 || a != 9) return 28;
    return 0;
}
