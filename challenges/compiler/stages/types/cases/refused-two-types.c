// A variable has one type.
// refused: 4
int main(void) {
    int char a = 1;
    return a;
}
