// Two ifs and two elses: the second else is that of the first if.
// exit: 4
int main(void) {
    int a = 1;
    if (a > 1)
        if (a > 2)
            a = 2;
        else
            a = 3;
    else
        a = 4;
    return a;
}
