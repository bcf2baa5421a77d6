// Arguments may be calls themselves, and those before them stay what they are.
// exit: 57
int sub(int a, int b) {
    return a - b;
}

int main(void) {
    return sub(sub(100, 20), sub(30, sub(10, 3))) + sub(1, sub(2, 1));
}
