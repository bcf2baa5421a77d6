// A do loop tests after its body, which runs once at least.
// exit: 7
int main(void) {
    int a = 6;
    do
        a++;
    while (a < 5);
    return a;
}
