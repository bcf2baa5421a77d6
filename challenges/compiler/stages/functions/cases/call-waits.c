// A call may stand at any depth of an expression: all values that wait are there afterwards, whatever the function computes.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int deep(int a, int b) {
    return a + (b - (a ^ (b + (a - (b ^ (a + (b - (a ^ (b + (a - (b ^ (a + b))))))))))));
}

int main(void) {
    int a = 1, b = 2;
    if (deep(7, 12) != 51) return 10;
    if (a + (b - deep(7, 12)) != -48) return 11;
    if (a + (b - (a ^ deep(7, 12))) != -47) return 12;
    if (a + (b - (a ^ (b + deep(7, 12)))) != -49) return 13;
    if (a + (b - (a ^ (b + (a - deep(7, 12))))) != 50) return 14;
    if (a + (b - (a ^ (b + (a - (b ^ deep(7, 12)))))) != 48) return 15;
    if (a + (b - (a ^ (b + (a - (b ^ (a + deep(7, 12))))))) != 55) return 16;
    if (a + (b - (a ^ (b + (a - (b ^ (a + (b - deep(7, 12)))))))) != -45) return 17;
    if (a + (b - (a ^ (b + (a - (b ^ (a + (b - (a ^ deep(7, 12))))))))) != -46) return 18;
    if (a + (b - (a ^ (b + (a - (b ^ (a + (b - (a ^ (b + (a - (b ^ deep(7, deep(12, 9))))))))))))) != 68) return 19;
    return 0;
}
