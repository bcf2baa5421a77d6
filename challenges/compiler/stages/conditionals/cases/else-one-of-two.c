// Exactly one of the two statements runs.
// exit: 21
int main(void) {
    int a = 0;
    if (1)
        a += 1;
    else
        a += 2;
    if (0)
        a += 10;
    else
        a += 20;
    return a;
}
