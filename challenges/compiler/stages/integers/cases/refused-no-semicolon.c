// A statement ends with a semicolon. Compilers name this line or the next.
// refused: anywhere
int main(void) {
    return 2
}
