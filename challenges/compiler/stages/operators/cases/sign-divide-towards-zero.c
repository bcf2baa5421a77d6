// Division rounds towards zero: -7 / 2 is -3.
// exit: 7
int main(void) {
    return -7 / 2 + 10;
}
