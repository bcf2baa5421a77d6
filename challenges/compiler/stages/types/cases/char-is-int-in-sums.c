// In sums characters are ints: nothing wraps before the result is assigned.
// exit: 3
int main(void) {
    unsigned char a = 200, b = 100;
    char c = 100, d = 27;
    return (a + b == 300) + (c + d == 127) * 2;
}
