// ! gives 1 for zero, and 0 for everything else.
// exit: 5
int main(void) {
    return !0 + !5 * 2 + !!7 * 4 + !-1 * 8;
}
