// There is a character between the quotes.
// refused: 4
int main(void) {
    return '';
}
