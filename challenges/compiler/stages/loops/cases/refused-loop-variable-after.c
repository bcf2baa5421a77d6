// The variable that a for loop declares ends with the loop.
// refused: 7
int main(void) {
    int sum = 0;
    for (int i = 0; i < 3; i++)
        sum += i;
    return sum + i;
}
