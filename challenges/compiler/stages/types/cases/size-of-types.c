// sizeof gives bytes: 1, 2, 4, 8.
// exit: 32
int main(void) {
    return sizeof(char) + sizeof(unsigned char) + sizeof(short) + sizeof(int) + sizeof(unsigned) + sizeof(long)
        + sizeof(unsigned long) + sizeof(long int) + sizeof(short int) + sizeof 1 - 10;
}
