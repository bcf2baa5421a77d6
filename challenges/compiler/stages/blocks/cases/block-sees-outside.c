// A block reads and changes the variables around it.
// exit: 9
int main(void) {
    int a = 2;
    {
        int b = a + 1;
        {
            a = a + b;
            b = b + 1;
        }
        a = a + b;
    }
    return a;
}
