// A local array gets its list each time that execution gets there, a list of constants, too.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int changed(void) {
    int a[3] = {1, 2};
    a[0]++;
    a[2] += 7;
    return a[0] * 10 + a[2];
}

int recursive(int n) {
    int a[3] = {1, 2, 3};
    a[1] += n;
    if (n > 0) recursive(n - 1);
    return a[1];
}

int main(void) {
    int sum = 0;
    if (changed() != 27) return 20;
    if (changed() != 27) return 21;
    if (recursive(3) != 5) return 22;
    if (recursive(0) != 2) return 23;
    for (int i = 0; i < 3; i++) {
        char a[4] = {5, i};
        sum += a[0] + a[1] + a[2];
        a[0] = a[2] = 9;
    }
    if (sum != 18) return 29;
    for (int i = 0; i < 3; i++) {
        static int a[2] = {1};
        sum = ++a[0];
    }
    if (sum != 4) return 34;
    return 0;
}
