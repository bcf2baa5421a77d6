// A case is known before the program runs.
// refused: 6
int main(void) {
    int a = 1, b = 1;
    switch (a) {
    case b: return 1;
    }
    return 2;
}
