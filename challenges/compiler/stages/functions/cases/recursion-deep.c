// Ten thousand calls deep.
// exit: 80
int depth(int n) {
    int here = n;
    if (n == 0)
        return 0;
    int below = depth(n - 1);
    return below + (here - n) + 1;
}

int main(void) {
    return depth(10000) / 125;
}
