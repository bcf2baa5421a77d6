// The condition of an if stands in parentheses.
// refused: 5
int main(void) {
    int a = 1;
    if a > 0
        return 1;
    return 2;
}
