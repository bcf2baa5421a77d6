// An initialiser may be computed from constants.
// exit: 77
int a = 2 + 3 * 4, b = (1 << 5) | 1, c = 7 > 3 ? 10 : 20, d = !5 + ~-21;

int main(void) {
    return a + b + c + d;
}
