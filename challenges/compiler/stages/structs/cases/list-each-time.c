// A list sets a local struct each time that execution gets there, to its last byte.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
struct item { char name[5]; int n; char rest[31]; };

int fill(int n) {
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

int table(int n) {
    struct item a[3] = {{"x", 1}, {"y", n}};
    int sum = a[0].n + a[1].n + a[2].n + a[2].name[4];
    for (int i = 0; i < 31; i++)
        sum += a[0].rest[i] + a[1].rest[i] + a[2].rest[i];
    a[2] = a[1];
    return sum;
}

int main(void) {
    fill(3);
    if (changed(9) != 4) return 33;
    if (changed(9) != 4) return 34;
    fill(3);
    if (table(5) != 6) return 36;
    if (table(6) != 7) return 37;
    return 0;
}
