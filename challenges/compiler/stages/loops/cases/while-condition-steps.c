// The condition is evaluated once for each round, and once more at the end.
// exit: 41
int main(void) {
    int n = 5, rounds = 0;
    while (n--)
        rounds++;
    return rounds * 8 - n * 1;
}
