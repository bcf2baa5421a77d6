// A variable keeps what it was given.
// exit: 7
int main(void) {
    int a = 7;
    return a;
}
