// Arithmetic with an assignment: each operator does what it does alone.
// exit: 11
int main(void) {
    int a = 10;
    a += 5;
    a -= 3;
    a *= 6;
    a /= 3;
    a %= 13;
    return a;
}
