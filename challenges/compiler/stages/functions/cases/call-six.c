// Six arguments fit into registers.
// exit: 91
int weighted(int a, int b, int c, int d, int e, int f) {
    return a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6;
}

int main(void) {
    return weighted(1, 2, 3, 4, 5, 6);
}
