// An escape stands for one number; its hexadecimal digits may be capitals.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    if ('\n' != 10 || '\t' != 9 || '\\' != 92 || '\'' != 39 || '\"' != 34 || '\r' != 13) return 5;
    if ('"' != 34 || '/' != 47 || '*' != 42 || ' ' != 32) return 6;
    if ('\0' != 0 || '\7' != 7 || '\12' != 10 || '\041' != 33 || '\101' != 65) return 7;
    if ('\x0a' != 10 || '\x0A' != 10 || '\x4a' != 74 || '\x4A' != 74 || '\xa' != 10 || '\xF' != 15 || '\x7f' != 127) return 8;
    if (sizeof 'A' != 4 || sizeof '\n' != 4) return 9;
    return 0;
}
