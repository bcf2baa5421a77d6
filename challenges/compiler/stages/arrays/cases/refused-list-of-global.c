// The list of a global array holds constants.
// refused: 4
int a = 3;
int list[2] = {1, a};
int main(void) {
    return list[1];
}
