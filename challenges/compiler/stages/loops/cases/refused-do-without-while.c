// A do loop ends with its condition.
// refused: 6
int main(void) {
    int a = 1;
    do a++;
    return a;
}
