// == and != are opposites.
// exit: 9
int main(void) {
    return (5 == 5) * 8 + (5 == 6) * 4 + (5 != 5) * 2 + (5 != 6);
}
