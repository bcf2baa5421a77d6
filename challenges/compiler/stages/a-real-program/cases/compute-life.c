// The game of life on a torus: a glider is one cell further, down and right, after four generations.
// stdout: 27 36 42 43 44
int printf(const char *format, ...);

static char field[8][8], next[8][8];

static int neighbours(int row, int column) {
    int count = 0;
    for (int down = -1; down <= 1; down++)
        for (int right = -1; right <= 1; right++)
            if (down || right)
                count += field[(row + down) & 7][(column + right) & 7];
    return count;
}

static void step(void) {
    for (int row = 0; row < 8; row++)
        for (int column = 0; column < 8; column++) {
            int count = neighbours(row, column);
            next[row][column] = count == 3 || (count == 2 && field[row][column]);
        }
    for (int row = 0; row < 8; row++)
        for (int column = 0; column < 8; column++)
            field[row][column] = next[row][column];
}

int main(void) {
    field[1][1] = field[2][2] = field[3][0] = field[3][1] = field[3][2] = 1;
    for (int i = 0; i < 8; i++)
        step();
    int first = 1;
    for (int row = 0; row < 8; row++)
        for (int column = 0; column < 8; column++)
            if (field[row][column]) {
                printf("%s%d", first ? "" : " ", row * 8 + column);
                first = 0;
            }
    printf("\n");
    return 0;
}
