// A null pointer is false, every other one is true.
// exit: 7
int main(void) {
    int a = 0, *p = &a, *q = 0;
    int result = 0;
    if (p)
        result += 1;
    if (!q)
        result += 2;
    if (p && !(q || q))
        result += 4;
    if (q)
        result += 8;
    return result;
}
