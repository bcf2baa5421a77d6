// else if: the first condition that holds decides.
// exit: 30
int main(void) {
    int a = 15, b;
    if (a < 10)
        b = 10;
    else if (a < 15)
        b = 20;
    else if (a < 20)
        b = 30;
    else if (a < 30)
        b = 40;
    else
        b = 50;
    return b;
}
