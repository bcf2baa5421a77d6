// A variable of an inner block hides the outer one of its name, which is as it was afterwards.
// exit: 12
int main(void) {
    int a = 1, b;
    {
        int a = 10;
        a = a + 1;
        b = a;
    }
    return a + b;
}
