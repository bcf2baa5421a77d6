// The lines of a comment count, too.
// refused: 8
/*
 * one
 * two
 */
int main(void) {
    return 3 4; // the mistake
}
