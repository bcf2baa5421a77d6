// A branch that never runs must be right all the same.
// refused: 6
int main(void) {
    int a = 1;
    if (0)
        a = nothing;
    return a;
}
