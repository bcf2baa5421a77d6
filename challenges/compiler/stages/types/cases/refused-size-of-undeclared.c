// What sizeof looks at must be right, too.
// refused: 4
int main(void) {
    return sizeof(nothing);
}
