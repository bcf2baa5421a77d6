// The statement runs when the condition is not zero.
// exit: 2
int main(void) {
    int a = 1;
    if (a == 1)
        a = 2;
    return a;
}
