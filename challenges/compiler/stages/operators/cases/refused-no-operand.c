// The sum in the parentheses has no right side.
// refused: 4
int main(void) {
    return (1 +) * 2;
}
