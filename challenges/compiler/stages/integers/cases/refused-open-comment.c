// The comment never ends, so the function does not either.
// refused: anywhere
int main(void) {
    return 2; /* and so on
}
