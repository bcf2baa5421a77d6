// A long that is pointed to is 8 bytes, and its sign is kept.
// exit: 6
int main(void) {
    long a = 5000000000;
    long *p = &a;
    *p = *p + 1000000000;
    short s = -7;
    short *q = &s;
    return *p / 1000000000 + *q + 7;
}
