// The first part may declare a variable, which belongs to the loop alone. The body is a block of its own.
// exit: 124
int main(void) {
    int i = 100, sum = 0;
    for (int i = 0; i < 3; i++) {
        int j = i * 3;
        sum += j;
    }
    for (int i = 0; i < 3; i++) {
        int i = 5;
        sum += i++;
    }
    return i + sum;
}
