// A long is wide enough for every unsigned, so the sign stays.
// exit: 5
int main(void) {
    unsigned one = 1;
    long minus = -1;
    unsigned large = 4000000000U;
    long sum = large + minus;
    return (minus < one) + (sum == 4294967295) * 2 + (sum == 3999999999) * 4;
}
