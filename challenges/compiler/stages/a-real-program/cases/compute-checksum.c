// A random number generator and a checksum, which depend on wrapping around and on unsigned shifts.
// stdout: 1015568748 3908267468
int printf(const char *format, ...);

static unsigned state = 1;

static unsigned next(void) {
    state = state * 1664525 + 1013904223;
    return state;
}

static unsigned checksum(unsigned char *bytes, int length) {
    unsigned crc = 0xffffffff;
    for (int i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    return ~crc;
}

int main(void) {
    unsigned char bytes[1000];
    unsigned first = next();
    for (int i = 0; i < 1000; i++)
        bytes[i] = next() >> 24;
    printf("%u %u\n", first, checksum(bytes, 1000));
    return 0;
}
