// One declaration may declare several variables, each with a value or without.
// exit: 123
int main(void) {
    int a = 1, b = 2, c;
    c = 3;
    return a * 100 + b * 10 + c;
}
