// A block may declare after its first statement.
// exit: 8
int main(void) {
    int a = 1;
    {
        a = a + 1;
        int b = a * 3;
        a = b;
        int c = 2;
        a += c;
    }
    return a;
}
