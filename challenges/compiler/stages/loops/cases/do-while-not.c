// The opposite of something is a condition like any other, and so is a comma: its right side decides.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    {
        int a = 0, b = 5, rounds = 0;
        while (!(a > 3 || b < 2)) { a++; rounds++; if (rounds > 20) return 7; }
        if (a != 4 || rounds != 4) return 8;
        do { b--; rounds++; if (rounds > 20) return 9; } while (!(a < 3 || b == 2));
        if (b != 2 || rounds != 7) return 10;
        for (a = 0; !(a == 3 && b == 2); a++) if (a > 20) return 11;
        if (a != 3) return 12;
        for (a = 5; !!a; a--) if (a < 0) return 13;
        if (a != 0) return 14;
        while (!a) { a = 2; rounds++; if (rounds > 20) return 15; }
        if (rounds != 8) return 16;
    }
    {
        int a = 1, b, rounds = 0;
        while (a++, a < 5) rounds++;
        if (a != 5 || rounds != 3) return 21;
        do rounds++; while (a--, a > 3);
        if (a != 3 || rounds != 5) return 23;
        for (a = 0, b = 9; rounds++, a < b; a++, b--) ;
        if (a != 5 || b != 4 || rounds != 11) return 25;
        switch (a++, a) { case 6: b = 1; break; default: b = 2; }
        if (a != 6 || b != 1) return 27;
    }
    return 0;
}
