// Everything on the right is computed first: a = a - (b - c).
// exit: 19
int main(void) {
    int a = 20, b = 4, c = 3;
    a -= b - c;
    return a;
}
