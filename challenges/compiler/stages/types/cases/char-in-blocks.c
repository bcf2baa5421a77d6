// Variables of blocks side by side may have one name and other types: each has as many bytes as its own.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int r = 0;
    { char a = 1, b = 2; r = a + b; }
    if (r != 3) return 7;
    { char b = 7; long a = -1; r = b; if (a != -1) return 8; }
    if (r != 7) return 9;
    { char b = 7, c = 8; long a = 0; a = -1; r = b * 10 + c; if (a != -1) return 10; }
    if (r != 78) return 11;
    { long b = 0, a = 0; char c = 3; b = -1; if (a != 0 || c != 3) return 12; }
    { unsigned char a = 200; short b = -300; unsigned c = 4000000000; if (a != 200 || b != -300 || c != 4000000000) return 13; }
    { short a = -1; unsigned char b = 255; a++; b++; if (a != 0 || b != 0) return 14; }
    { long a = 5000000000; { char a = 1; a++; r = a; } if (a != 5000000000 || r != 2) return 15; }
    return 0;
}
