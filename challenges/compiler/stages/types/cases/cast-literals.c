// A number that does not fit into int is long; U makes it unsigned, and 0xffffffff is unsigned by itself.
// exit: 29
int main(void) {
    return sizeof 2147483647 + sizeof 2147483648 + sizeof 1L + sizeof 1UL + (0xffffffff > 0) + (-1 < 0xffffffff)
        + (4294967295U + 1 == 0) - 1;
}
