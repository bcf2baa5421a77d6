// The address of a variable is different in each call.
// exit: 10
int depth(int *outer, int n) {
    int mine = n;
    if (n == 0)
        return *outer;
    int below = depth(&mine, n - 1);
    return below + (*outer == n + 1 ? 3 : 100);
}

int main(void) {
    int first = 4;
    return depth(&first, 3);
}
