// && gives 1 if both sides are not zero, and nothing but 0 and 1.
// exit: 1
int main(void) {
    return (5 && 7) + (0 && 9) * 2 + (9 && 0) * 4 + (0 && 0) * 8;
}
