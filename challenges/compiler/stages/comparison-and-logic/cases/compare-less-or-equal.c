// <= holds for equal ones, too.
// exit: 6
int main(void) {
    return (1 <= 2) * 4 + (2 <= 2) * 2 + (3 <= 2);
}
