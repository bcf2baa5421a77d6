// An int has no members.
// refused: 5
int main(void) {
    int a = 1;
    return a.x;
}
