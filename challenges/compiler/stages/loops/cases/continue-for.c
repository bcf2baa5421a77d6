// continue in a for loop goes on with the step.
// exit: 25
int main(void) {
    int sum = 0;
    for (int i = 0; i < 10; i++) {
        if (i % 2 == 0)
            continue;
        sum += i;
    }
    return sum;
}
