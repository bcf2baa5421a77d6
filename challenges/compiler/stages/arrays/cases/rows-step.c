// A pointer to rows moves by whole rows, and each index by what it indexes.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int next(int a[][3]) { a++; return a[0][1]; }
int later(int a[][3]) { a += 2; return a[0][0]; }
int before(int a[][3]) { ++a; --a; a += 2; a -= 1; return a[0][2]; }
int sum(int a[][3]) { return (*(a + 1))[0] + **(a + 2) + *(*a + 1); }
long rows(int a[][3], int b[][3]) { return b - a; }

int main(void) {
    int a[3][3] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
    int b[2][3][4], n = 0;
    char c[2][2][2][2];
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 4; k++)
                b[i][j][k] = n++;
    if (next(a) != 5) return 18;
    if (later(a) != 7) return 19;
    if (before(a) != 6) return 20;
    if (sum(a) != 13) return 21;
    if (rows(a, a + 2) != 2 || rows(a + 2, a) != -2) return 22;
    if (b[0][1][0] != 4 || b[1][0][0] != 12 || b[1][2][3] != 23) return 23;
    if (*(*(*(b + 1) + 1) + 2) != 18) return 24;
    if (sizeof b != 96 || sizeof b[0] != 48 || sizeof b[0][0] != 16 || sizeof b[0][0][0] != 4) return 25;
    if ((char *)&b[1][0][0] - (char *)b != 48 || (char *)b[1][2] - (char *)b != 80) return 26;
    c[1][0][1][0] = 5;
    if ((char *)&c[1][0][1][0] - (char *)c != 10 || c[1][0][1][0] != 5) return 28;
    return 0;
}
