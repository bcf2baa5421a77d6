// A list of values, whose length need not be said.
// exit: 19
int main(void) {
    int a[] = {2, 3, 5, 7};
    int sum = 0;
    for (int i = 0; i < 4; i++)
        sum += a[i];
    return sum + (sizeof a == 16) * 2;
}
