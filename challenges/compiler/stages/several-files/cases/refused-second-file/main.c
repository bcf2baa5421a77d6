// The mistake is in another file. Its name is told, and its own line.
// refused: other.c:2
int other(void);

int main(void) {
    return other();
}
