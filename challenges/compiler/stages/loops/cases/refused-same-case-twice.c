// Two cases of one value. Some compilers name the first, some the second.
// refused: anywhere
int main(void) {
    int a = 1;
    switch (a) {
    case 3: return 1;
    case 1 + 2: return 2;
    }
    return 3;
}
