// unsigned char has 8 bits: 255 + 1 is 0.
// exit: 44
int main(void) {
    unsigned char a = 255;
    a++;
    unsigned char b = 300;
    return a + b + (b == 300);
}
