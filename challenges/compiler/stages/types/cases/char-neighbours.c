// Writing a character or a short changes nothing beside it.
// exit: 15
int main(void) {
    unsigned char a = 1, b = 2, c = 3;
    short d = 4, e = 5;
    b = 255;
    d = -300;
    return (a == 1) + (c == 3) * 2 + (e == 5) * 4 + (b == 255 && d == -300) * 8;
}
