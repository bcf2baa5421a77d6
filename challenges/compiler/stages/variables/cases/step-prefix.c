// ++a and --a have the value after the step.
// exit: 54
int main(void) {
    int a = 4;
    int b = ++a;
    int c = --a;
    return b * 10 + c;
}
