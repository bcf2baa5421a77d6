// The mistake is in the first of two files.
// refused: first.c:4
int first(int n);

int main(void) {
    return first(1);
}
