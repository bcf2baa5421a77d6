// A function that returns nothing has no value.
// refused: 6
void nothing(void) {
}
int main(void) {
    int a = nothing();
    return a;
}
