// < holds for less alone.
// exit: 4
int main(void) {
    return (1 < 2) * 4 + (2 < 2) * 2 + (3 < 2);
}
