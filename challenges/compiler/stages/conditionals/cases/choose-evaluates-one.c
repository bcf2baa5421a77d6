// What is not chosen is not evaluated.
// exit: 12
int main(void) {
    int a = 1, b = 10;
    int c = a ? b++ : b--;
    int d = a - 1 ? b++ : 1 / a;
    return b + d + (c == 10 ? 0 : 100);
}
