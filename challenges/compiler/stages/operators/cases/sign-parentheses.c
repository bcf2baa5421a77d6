// A sign before parentheses, and a plus that changes nothing.
// exit: 30
int main(void) {
    return -(10 - +40);
}
