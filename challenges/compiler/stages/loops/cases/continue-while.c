// continue in a while loop goes on with the condition.
// exit: 12
int main(void) {
    int i = 0, odd = 0;
    while (i < 7) {
        i++;
        if (i % 2 == 0)
            continue;
        odd += i - 1;
    }
    return odd;
}
