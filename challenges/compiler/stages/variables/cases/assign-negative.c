// Variables hold negative numbers, and large ones.
// exit: 96
int main(void) {
    int a = -2000000000;
    int b = a / -100;
    return b / 200000 - 4;
}
