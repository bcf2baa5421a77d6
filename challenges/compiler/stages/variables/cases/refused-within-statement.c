// The line of a mistake is where it stands, and not where its statement begins.
// refused: 6
int main(void) {
    int a = 1;
    a = a +
        nowhere +
        2;
    return a;
}
