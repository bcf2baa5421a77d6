// A call harms no variable of its caller and no value that waits, however many arguments it has, and wherever it stands.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int twelve(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l) {
    return (g - h) * 1000 + (i - j) * 100 + (k - l) * 10 + a + b + c + d + e + f;
}

int seven(int a, int b, int c, int d, int e, int f, int g) {
    return g * 10 + f - a + b - c + d - e;
}

int few(int a, int b) {
    int x = a, y = b;
    x += twelve(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    y += seven(1, 2, 3, 4, 5, 6, b);
    return x * 10 + y + seven(1, 2, 3, 4, 5, 6, twelve(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0)) - seven(0, 0, 0, 0, 0, 0, x - x);
}

int variables_kept(void) {
    int a = 71, b = 72, c = 73, d = 74, r;
    r = twelve(a, b, c, d, 1, 2, 9, 8, 7, 6, 5, 4);
    if (r != 1403) return 22;
    if (a != 71 || b != 72 || c != 73 || d != 74) return 23;
    r = seven(1, 2, 3, 4, 5, 6, d);
    if (r != 743) return 25;
    if (a != 71 || b != 72 || c != 73 || d != 74) return 26;
    r = twelve(1, 1, 1, 1, 1, 1, seven(0, 0, 0, 0, 0, 0, 1), seven(0, 0, 0, 0, 0, 1, 1), a, b, c, d);
    if (r != -1104) return 28;
    if (a != 71 || b != 72 || c != 73 || d != 74) return 29;
    r = few(1, 2);
    if (r != -10752) return 31;
    return 0;
}

int deep(int a, int b) {
    return a + (b - (a ^ (b + (a - (b ^ (a + (b - (a ^ (b + (a - (b ^ (a + b))))))))))));
}

int values_kept(void) {
    int a = 1, b = 2;
    if (deep(7, 12) != 51) return 41;
    if (a + (b - deep(7, 12)) != -48) return 42;
    if (a + (b - (a ^ deep(7, 12))) != -47) return 43;
    if (a + (b - (a ^ (b + deep(7, 12)))) != -49) return 44;
    if (a + (b - (a ^ (b + (a - deep(7, 12))))) != 50) return 45;
    if (a + (b - (a ^ (b + (a - (b ^ deep(7, 12)))))) != 48) return 46;
    if (a + (b - (a ^ (b + (a - (b ^ (a + deep(7, 12))))))) != 55) return 47;
    if (a + (b - (a ^ (b + (a - (b ^ (a + (b - deep(7, 12)))))))) != -45) return 48;
    if (a + (b - (a ^ (b + (a - (b ^ (a + (b - (a ^ deep(7, 12))))))))) != -46) return 49;
    if (a + (b - (a ^ (b + (a - (b ^ (a + (b - (a ^ (b + (a - (b ^ deep(7, deep(12, 9))))))))))))) != 68) return 50;
    return 0;
}

int main(void) {
    int wrong = variables_kept();
    return wrong ? wrong : values_kept();
}
