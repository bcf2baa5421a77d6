// An else belongs to the nearest if that has none: nothing is left for the outer one.
// exit: 1
int main(void) {
    int a = 1;
    if (0)
        if (1)
            a = 2;
        else
            a = 3;
    return a;
}
