// The mistake is in another file. Its name is given, and its own line.
// refused: other.c:2
int other(void);

int main(void) {
    return other();
}
