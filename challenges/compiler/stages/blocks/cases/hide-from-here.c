// Up to the inner declaration the name is the outer variable's.
// exit: 27
int main(void) {
    int a = 3, b;
    {
        a = a + 4;
        b = a;
        int a = 20;
        b = b + a;
    }
    return b + (a == 7 ? 0 : 100);
}
