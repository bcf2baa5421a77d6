// Reading and writing an int touches 4 bytes: its neighbours stay as they are.
// exit: 15
int a = -1, b = -1, c = -1;

int main(void) {
    int *p = &b;
    *p = 0;
    int x = 1, y = 2, z = 3;
    int *q = &y;
    *q = 0;
    return (a == -1) + (c == -1) * 2 + (x == 1 && z == 3) * 4 + (*p == 0 && *q == 0) * 8;
}
