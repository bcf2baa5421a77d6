// An array is not assigned to, not even from a string.
// refused: 5
int main(void) {
    char s[10];
    s = "hello";
    return s[0];
}
