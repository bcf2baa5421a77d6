// Elements of every type.
// exit: 31
long l[3];
unsigned char c[3] = {250, 255, 5};

int main(void) {
    short s[3] = {-1, 300, -2};
    l[1] = 10000000000;
    l[2] = -1;
    c[1]++;
    return (l[0] == 0) + (l[1] / l[2] == -10000000000) * 2 + (c[0] == 250 && c[1] == 0 && c[2] == 5) * 4
        + (s[1] == 300) * 8 + (s[0] + s[2] == -3) * 16;
}
