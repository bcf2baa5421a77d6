// Where members are, counted in bytes from the struct.
// exit: 100
struct item {
    char a;
    short b;
    char c;
    long d;
    char e[3];
    int f;
};

int main(void) {
    struct item x;
    char *start = (char *)&x;
    return ((char *)&x.b - start) + ((char *)&x.c - start) + ((char *)&x.d - start) * 2 + ((char *)&x.e - start)
        + ((char *)&x.f - start) + (&x.e[2] - start) + sizeof x;
}
