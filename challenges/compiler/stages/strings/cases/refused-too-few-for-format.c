// Without its format printf cannot be called.
// refused: 5
int printf(const char *format, ...);
int main(void) {
    printf();
    return 0;
}
