// A comparison needs a right side.
// refused: 4
int main(void) {
    return (1 ==) + 2;
}
