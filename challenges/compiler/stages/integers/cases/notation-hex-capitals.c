// Hexadecimal digits, and the x, may be capitals.
// exit: 255
int main(void) {
    return 0XFF;
}
