// There is no operator =<.
// refused: 4
int main(void) {
    return 1 =< 2;
}
