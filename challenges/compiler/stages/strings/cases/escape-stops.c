// An escape ends where its digits do: octal ones after three or before an 8, each in its own string.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    if (sizeof "\018" != 3 || "\018"[0] != 1 || "\018"[1] != '8') return 5;
    if (sizeof "\08" != 3 || "\08"[0] != 0 || "\08"[1] != '8') return 6;
    if (sizeof "\0119" != 3 || "\0119"[0] != 9 || "\0119"[1] != '9') return 7;
    if (sizeof "\1234" != 3 || "\1234"[0] != 83 || "\1234"[1] != '4') return 8;
    if (sizeof "\79" != 3 || "\79"[0] != 7 || "\79"[1] != '9') return 9;
    if (sizeof "\0" "1" != 3 || ("\0" "1")[0] != 0 || ("\0" "1")[1] != '1') return 10;
    if (sizeof "\x4" "2" != 3 || ("\x4" "2")[0] != 4 || ("\x4" "2")[1] != '2') return 11;
    if (sizeof "\1" "\2" "3" != 4 || ("\1" "\2" "3")[1] != 2) return 12;
    if (sizeof "\x4A" != 2 || "\x4A"[0] != 74 || sizeof "\x4a" != 2 || "\x4a"[0] != 74) return 13;
    if (sizeof "\x0Ag" != 3 || "\x0Ag"[0] != 10 || "\x0Ag"[1] != 'g') return 14;
    if (sizeof "\\n" != 3 || "\\n"[0] != 92 || "\\n"[1] != 'n') return 15;
    if (sizeof "\\\n" != 3 || "\\\n"[0] != 92 || "\\\n"[1] != 10) return 16;
    if (sizeof "\\0" != 3 || "\\0"[1] != '0' || sizeof "\\t\\x41" != 7 || "\\t\\x41"[3] != 'x') return 17;
    if (sizeof "\"\\\"" != 4 || "\"\\\""[1] != 92 || "\"\\\""[2] != 34) return 18;
    return 0;
}
