// A cast needs something to convert.
// refused: 5
int main(void) {
    long a = 1;
    a = 3 * ((int));
    return a;
}
