// Both files define the function.
// refused: anywhere
int value(void) {
    return 1;
}

int main(void) {
    return value();
}
