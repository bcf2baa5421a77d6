// Parameters and variables of functions have nothing to do with those of others.
// exit: 36
int first(int a, int b) {
    int c = a + b;
    return c;
}

int second(int b) {
    int a = b * 2;
    {
        int b = 5;
        a += b;
    }
    return a + b;
}

int main(void) {
    int a = 4, b = 6, c = first(b, a);
    return c + second(7);
}
