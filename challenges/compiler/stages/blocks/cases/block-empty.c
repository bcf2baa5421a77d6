// A block may be empty, and stand anywhere a statement can.
// exit: 4
int main(void) {
    int a = 4;
    {}
    if (a) {
    } else {
        a = 1;
    }
    { { {} ; } }
    return a;
}
