// The eight queens: ways to set them so that none threatens another.
// stdout: 1 0 0 2 10 4 40 92
int printf(const char *format, ...);

static int column[12];
static int ways;

static int safe(int row, int at) {
    for (int other = 0; other < row; other++) {
        int distance = row - other;
        if (column[other] == at || column[other] == at - distance || column[other] == at + distance)
            return 0;
    }
    return 1;
}

static void place(int row, int size) {
    if (row == size) {
        ways++;
        return;
    }
    for (int at = 0; at < size; at++)
        if (safe(row, at)) {
            column[row] = at;
            place(row + 1, size);
        }
}

int main(void) {
    for (int size = 1; size <= 8; size++) {
        ways = 0;
        place(0, size);
        printf("%d%c", ways, size < 8 ? ' ' : '\n');
    }
    return 0;
}
