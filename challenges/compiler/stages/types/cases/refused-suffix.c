// If a number ends with a letter, that is u or l.
// refused: 4
int main(void) {
    return 10lz;
}
