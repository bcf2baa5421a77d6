// The parameters of main are not closed.
// refused: 3
int main(void {
    return 2;
}
