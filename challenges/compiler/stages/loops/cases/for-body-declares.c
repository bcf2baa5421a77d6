// The body of a for is a block of its own: it may declare the name of the loop's variable, too.
// exit: 24
int main(void) {
    int sum = 0;
    for (int i = 0; i < 3; i++) {
        int i = 7;
        sum += i++;
    }
    for (int i = 0; i < 1; i++)
        for (int i = 0; i < 3; i++)
            sum++;
    return sum;
}
