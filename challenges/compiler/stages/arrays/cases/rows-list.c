// A list of lists, zero where it is short.
// exit: 25
int grid[3][4] = {{1, 2, 3, 4}, {5}, {0, 10}};

int main(void) {
    int sum = 0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++)
            sum += grid[i][j];
    int local[2][2] = {{1}, {2, 3}};
    return sum + local[0][1] * 50;
}
