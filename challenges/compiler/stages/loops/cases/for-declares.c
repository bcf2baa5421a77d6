// The first part may declare a variable, which belongs to the loop alone.
// exit: 109
int main(void) {
    int i = 100, sum = 0;
    for (int i = 0; i < 3; i++) {
        int j = i * 3;
        sum += j;
    }
    return i + sum;
}
