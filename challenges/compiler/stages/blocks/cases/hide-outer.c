// A variable of an inner block hides the outer one of the same name, which is unchanged afterwards.
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
