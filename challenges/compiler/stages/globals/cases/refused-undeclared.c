// A global is not known before its declaration.
// refused: 4
int main(void) {
    return later;
}
int later = 1;
