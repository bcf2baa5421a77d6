// A comma evaluates both sides, the left one first, and has the value of the right one.
// exit: 23
int main(void) {
    int a = 1;
    int b = (a++, a = a * 10, a + 3);
    return b;
}
