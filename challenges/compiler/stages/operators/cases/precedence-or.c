// & binds tighter than ^, and ^ tighter than |: 9 | (5 ^ (7 & 3)).
// exit: 15
int main(void) {
    return 9 | 5 ^ 7 & 3;
}
