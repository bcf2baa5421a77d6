// 8 is no octal digit, wherever it stands.
// refused: 4
int main(void) {
    return 0128;
}
