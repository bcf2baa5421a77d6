// There is nothing to leave.
// refused: 5
int main(void) {
    int a = 1;
    if (a) break;
    return a;
}
