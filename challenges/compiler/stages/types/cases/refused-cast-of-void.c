// A function that returns nothing has no value to convert.
// refused: 6
void nothing(void) {
}
int main(void) {
    return (int)nothing();
}
