// A variable can be given its value after it was declared, and another one after that.
// exit: 5
int main(void) {
    int a;
    a = 3;
    a = a + 2;
    return a;
}
