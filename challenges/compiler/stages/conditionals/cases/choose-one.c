// ?: has the value of one of the two.
// exit: 57
int main(void) {
    int a = 3;
    return (a > 2 ? 50 : 60) + (a > 3 ? 8 : 7);
}
