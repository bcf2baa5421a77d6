// sizeof knows an array from a pointer.
// exit: 86
int a[10];

int main(void) {
    char c[7];
    long l[2][2];
    int *p = a;
    return sizeof a / sizeof a[0] + sizeof c + sizeof l + sizeof l[0] + sizeof p + sizeof &a[1] + sizeof(int[3]) - 7;
}
