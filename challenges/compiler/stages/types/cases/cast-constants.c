// A constant has the first type that it fits into; a hexadecimal or octal one may be unsigned. Escapes may have capitals.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int numbers(void) {
    if (sizeof 2147483647 != 4 || sizeof 2147483648 != 8 || sizeof 4294967295 != 8) return 5;
    if (sizeof 0x7fffffff != 4 || sizeof 0x80000000 != 4 || sizeof 0xffffffff != 4 || sizeof 0x100000000 != 8) return 6;
    if (sizeof 017777777777 != 4 || sizeof 037777777777 != 4 || sizeof 040000000000 != 8) return 7;
    if (sizeof 4294967295U != 4 || sizeof 4294967296U != 8 || sizeof 1U != 4 || sizeof 1L != 8 || sizeof 1UL != 8) return 8;
    if ((-1 < 0x7fffffff) != 1 || (-1 < 017777777777) != 1) return 9;
    if ((-1 < 0x80000000) != 0 || (-1 < 020000000000) != 0) return 10;
    if ((-1 < 2147483648) != 1 || (-1 < 4294967295) != 1) return 11;
    if ((-1 < 0x100000000) != 1 || (-1 < 0x7fffffffffffffff) != 1 || (-1 < 9223372036854775807) != 1) return 12;
    if ((-1 < 0x8000000000000000) != 0 || (-1 < 0xffffffffffffffff) != 0 || (-1 < 01777777777777777777777) != 0) return 13;
    if (0xffffffffffffffff <= 1 || 0x8000000000000000 < 1) return 14;
    if (0xffffffffffffffff / 2 != 9223372036854775807 || 0xffffffffffffffff >> 60 != 15) return 15;
    if (0xffffffff + 1 != 0 || 4294967295 + 1 != 4294967296 || 4294967295U + 1 != 0) return 16;
    if ((-1 < 1U) != 0 || (-1 < 1L) != 1 || (-1 < 1UL) != 0 || (-1L < 1U) != 1) return 17;
    if (-2147483648 != -2147483647L - 1 || sizeof -2147483648 != 8) return 18;
    if (-0x80000000 != 0x80000000 || -0xffffffff != 1) return 19;
    return 0;
}

int characters(void) {
    if ('\n' != 10 || '\t' != 9 || '\\' != 92 || '\'' != 39 || '\"' != 34 || '\r' != 13) return 24;
    if ('"' != 34 || '/' != 47 || '*' != 42 || ' ' != 32) return 25;
    if ('\0' != 0 || '\7' != 7 || '\12' != 10 || '\041' != 33 || '\101' != 65) return 26;
    if ('\x0a' != 10 || '\x0A' != 10 || '\x4a' != 74 || '\x4A' != 74 || '\xa' != 10 || '\xF' != 15 || '\x7f' != 127) return 27;
    if (sizeof 'A' != 4 || sizeof '\n' != 4) return 28;
    return 0;
}

int main(void) {
    int wrong = numbers();
    return wrong ? wrong : characters();
}
