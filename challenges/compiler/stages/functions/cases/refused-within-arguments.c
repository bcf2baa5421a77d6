// The line of a mistake is where it stands, and not where its call begins.
// refused: 9
int sum(int a, int b) {
    return a + b;
}
int main(void) {
    return sum(1,
        sum(2,
            nowhere +
            3) +
        4);
}
