// A case may stand at any depth of what belongs to its switch, and is jumped to there, past the conditions around it.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int n, r = 0;
    switch (2) { case 1: r = 1; if (0) { case 2: r += 2; } r += 10; }
    if (r != 12) return 7;
    r = 0;
    switch (1) { case 1: r = 1; if (0) { case 2: r += 2; } r += 10; }
    if (r != 11) return 10;
    r = 0, n = 0;
    switch (3) { case 1: if (n) { case 2: r = 1; } else { case 3: r = 2; } r += 10; }
    if (r != 12) return 13;
    r = 0, n = 5;
    switch (1) { case 0: do { r += 1; case 1: r += 10; n -= 2; } while (n > 0); }
    if (r != 32) return 16;
    r = 0, n = 3;
    switch (2) { case 1: while (n > 0) { r += 100; case 2: r += 1; n--; } }
    if (r != 203) return 19;
    r = 0, n = 0;
    switch (7) { case 1: for (n = 0; n < 3; n++) { r += 100; default: r += 1; n++; } }
    if (r != 102) return 22;
    r = 0, n = 1;
    switch (4) { { case 3: r = 1; { case 4: r += 5; } } if (n) break; case 5: r = 100; }
    if (r != 5) return 25;
    r = 0;
    switch (2) { case 1: while (0) { case 2: r += 1; } r += 4; }
    if (r != 5) return 28;
    r = 0;
    switch (2) { case 1: for (; 0; r += 10) { case 2: r += 1; } r += 4; }
    if (r != 15) return 31;
    r = 0;
    switch (2) { case 1: do { case 2: r += 1; } while (0); r += 4; }
    if (r != 5) return 34;
    r = 0;
    switch (2) { case 1: if (1) r = 8; else { case 2: r += 1; } r += 4; }
    if (r != 5) return 37;
    return 0;
}
