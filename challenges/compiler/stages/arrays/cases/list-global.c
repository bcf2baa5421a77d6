// Global arrays: zero, or with a list of constants.
// exit: 65
int zeros[10];
int primes[5] = {2, 3, 5, 7};
static long large[2] = {1L << 40, -1};

int main(void) {
    static int kept[3] = {10, 20};
    kept[2] += kept[1];
    int sum = kept[0] + kept[1] + kept[2];
    for (int i = 0; i < 5; i++)
        sum += primes[i] - zeros[i];
    return sum + (large[0] > large[1]) - 3;
}
