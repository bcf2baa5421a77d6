// ! binds tighter than any operator of two operands.
// exit: 3
int main(void) {
    return !0 + 2 - !1;
}
