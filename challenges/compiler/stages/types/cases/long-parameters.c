// long as a parameter and as a result, and compound assignments that mix.
// exit: 20
long scale(long a, int b) {
    a *= b;
    a += 1;
    return a;
}

int main(void) {
    long a = scale(5000000000, 4);
    int b = 3;
    b += a / 1000000000 - 3;
    return b;
}
