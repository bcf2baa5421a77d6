// A loop goes on while the opposite of something holds, as it goes on while something does.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int a = 0, b = 5, rounds = 0;
    while (!(a > 3 || b < 2)) { a++; rounds++; if (rounds > 20) return 6; }
    if (a != 4 || rounds != 4) return 7;
    do { b--; rounds++; if (rounds > 20) return 8; } while (!(a < 3 || b == 2));
    if (b != 2 || rounds != 7) return 9;
    for (a = 0; !(a == 3 && b == 2); a++) if (a > 20) return 10;
    if (a != 3) return 11;
    for (a = 5; !!a; a--) if (a < 0) return 12;
    if (a != 0) return 13;
    while (!a) { a = 2; rounds++; if (rounds > 20) return 14; }
    if (rounds != 8) return 15;
    return 0;
}
