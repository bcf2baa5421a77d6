// A pointer has 8 bytes, whatever it points to.
// exit: 33
int main(void) {
    char c;
    char *p = &c;
    return sizeof p + sizeof(long *) + sizeof(int **) + sizeof &c + sizeof *p;
}
