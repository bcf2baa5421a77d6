// A tilde flips every bit: ~x is -x - 1.
// exit: 42
int main(void) {
    return ~-43;
}
