// A return in an if ends the function.
// exit: 8
int main(void) {
    int a = 5;
    if (a < 10)
        return a + 3;
    return a;
}
