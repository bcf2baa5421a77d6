// An int that becomes a long keeps its value and its sign.
// exit: 3
int main(void) {
    int a = -5;
    long b = a;
    long c = b * 1000000000;
    return (b == -5) + (c < -4000000000) * 2 + (c > 0) * 4;
}
