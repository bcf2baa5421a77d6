// A shift and a sum bind tighter than &: 12 & (1 << 3), 5 & (3 + 1).
// exit: 12
int main(void) {
    return (12 & 1 << 3) + (5 & 3 + 1);
}
