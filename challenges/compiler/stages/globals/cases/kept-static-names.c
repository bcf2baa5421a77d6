// Static variables of the same name in two functions, or in two blocks, are two variables.
// exit: 126
int ones(void) {
    static int n;
    n += 1;
    return n;
}

int tens(void) {
    static int n = 100;
    {
        static int n;
        n += 10;
    }
    n += 10;
    return n;
}

int main(void) {
    ones();
    ones();
    tens();
    ones();
    return tens() + ones() + 2;
}
