// What settles an inner expression may leave the outer one open.
// exit: 22
int main(void) {
    return ((0 && 1 / 0) || (2 || 1 % 0)) + 21;
}
