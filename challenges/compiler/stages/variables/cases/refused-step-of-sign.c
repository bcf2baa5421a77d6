// A variable with a sign is a value, which cannot step.
// refused: 5
int main(void) {
    int a = 1;
    (+a)++;
    return a;
}
