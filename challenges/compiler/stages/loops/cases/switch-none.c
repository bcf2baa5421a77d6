// A value without a case, and no default: nothing is done.
// exit: 9
int main(void) {
    int a = 9;
    switch (a) {
    case 1:
        a = 1;
    case 2:
        a = 2;
    }
    return a;
}
