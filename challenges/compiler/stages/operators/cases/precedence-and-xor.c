// & binds tighter than ^, on whichever side it stands: (5 & 7) ^ 3.
// exit: 6
int main(void) {
    return 5 & 7 ^ 3;
}
