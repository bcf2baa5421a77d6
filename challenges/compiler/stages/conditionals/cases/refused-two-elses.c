// An if has one else.
// refused: 6
int main(void) {
    int a = 1;
    if (a) a = 2; else a = 3;
    else a = 4;
    return a;
}
