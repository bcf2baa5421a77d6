// A number ends with u or l, if with any letter.
// refused: 4
int main(void) {
    return 10lz;
}
