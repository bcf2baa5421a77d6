// A char that is pointed to is one byte.
// exit: 11
int main(void) {
    unsigned char a = 1, b = 2, c = 3;
    unsigned char *p = &b;
    *p = 255;
    *p += 6;
    return a + b + c + (*p == 5) * 2;
}
