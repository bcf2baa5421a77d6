// 0x begins a hexadecimal number.
// exit: 42
int main(void) {
    return 0x2a;
}
