// Shifts multiply and divide by powers of two.
// exit: 57
int main(void) {
    return (1 << 5) + (200 >> 3);
}
