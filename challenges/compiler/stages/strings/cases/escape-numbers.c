// Characters by number: octal with up to three digits, hexadecimal.
// stdout: A!7B~8
int puts(const char *s);

int main(void) {
    puts("\101\0417\x42\1768");
    return 0;
}
