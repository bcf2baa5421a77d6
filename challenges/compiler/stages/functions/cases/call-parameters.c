// Arguments arrive in their order.
// exit: 123
int digits(int a, int b, int c) {
    return a * 100 + b * 10 + c;
}

int main(void) {
    return digits(1, 2, 3);
}
