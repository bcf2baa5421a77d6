// A do loop goes on while its condition holds.
// exit: 10
int main(void) {
    int n = 1234, sum = 0;
    do {
        sum += n % 10;
        n /= 10;
    } while (n > 0);
    return sum;
}
