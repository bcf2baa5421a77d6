// 9 is no octal digit.
// refused: 5
int main(void) {

    return 09;
}
