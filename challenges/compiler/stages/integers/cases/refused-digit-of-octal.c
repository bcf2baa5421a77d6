// 9 is not an octal digit.
// refused: 5
int main(void) {

    return 09;
}
