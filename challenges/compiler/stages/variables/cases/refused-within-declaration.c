// The line of a mistake is where it stands, and not where its declaration begins.
// refused: 6
int main(void) {
    int a = 1,
        b = 2,
        c = nowhere,
        d = 4;
    return a;
}
