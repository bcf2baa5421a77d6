// A for loop: first, condition, and step after each round.
// exit: 55
int main(void) {
    int i, sum = 0;
    for (i = 1; i <= 10; i++)
        sum += i;
    return sum;
}
