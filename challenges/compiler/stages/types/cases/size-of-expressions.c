// The type of an expression follows from its operands: small ones are ints.
// exit: 44
int main(void) {
    char c = 1;
    long l = 2;
    unsigned u = 3;
    return sizeof c + sizeof(c + c) + sizeof(c + l) + sizeof(u + l) + sizeof 'a' + sizeof(1 ? c : l) + sizeof(c = 5)
        + sizeof -c + sizeof 1U + 2;
}
