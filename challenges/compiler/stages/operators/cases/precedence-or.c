// & binds tighter than ^, and ^ tighter than |: 1 | (6 ^ (7 & 3)).
// exit: 5
int main(void) {
    return 1 | 6 ^ 7 & 3;
}
