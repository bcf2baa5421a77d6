// The body runs as long as the condition holds.
// exit: 45
int main(void) {
    int i = 0, sum = 0;
    while (i < 10) {
        sum += i;
        i++;
    }
    return sum;
}
