// The condition is tested before the first round.
// exit: 1
int main(void) {
    int a = 1;
    while (a > 1)
        a = 2;
    return a;
}
