// A list of arguments does not end with a comma.
// refused: 7
int twice(int a) {
    return 2 * a;
}
int main(void) {
    return twice(1,);
}
