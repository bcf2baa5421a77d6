// A comma may stand in every part of a statement: its right side decides.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int a = 1, b, rounds = 0;
    while (a++, a < 5) rounds++;
    if (a != 5 || rounds != 3) return 7;
    do rounds++; while (a--, a > 3);
    if (a != 3 || rounds != 5) return 9;
    for (a = 0, b = 9; rounds++, a < b; a++, b--) ;
    if (a != 5 || b != 4 || rounds != 11) return 11;
    switch (a++, a) { case 6: b = 1; break; default: b = 2; }
    if (a != 6 || b != 1) return 13;
    return 0;
}
