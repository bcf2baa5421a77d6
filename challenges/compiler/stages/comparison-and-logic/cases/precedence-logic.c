// && binds tighter than ||, and both less than any comparison.
// exit: 5
int main(void) {
    return (1 || 0 && 0) + (0 && 0 || 0) * 2 + (1 < 2 && 3 == 3) * 4;
}
