// Shifts group to the left: (64 >> 3) >> 1.
// exit: 4
int main(void) {
    return 64 >> 3 >> 1;
}
