// The statement is skipped when the condition is zero.
// exit: 1
int main(void) {
    int a = 1;
    if (a > 1)
        a = 2;
    return a;
}
