// A value that is known before the program runs is converted as any other.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
unsigned char a = 300, b = -1;
short c = 40000, d = 65535;
unsigned short e = -1, f = 65536 + 7;
int g = 4294967295, h = (unsigned char)300 + 1;
unsigned i = -1, j = -1 < 1U;
long k = -1, l = 1U - 2, m = -1 / 2U;
unsigned long n = -1, o = (unsigned short)-1 * 2L, p = 4294967295 + 1;
long q = -1 > 1L, r = (0 ? 1U : -1), s = ~0U, t = 2147483647 + 1L;
int main(void) {
    static unsigned char u = 300;
    static long v = (short)40000 - 1U;
    if (a != 44L) return 15;
    if (b != 255L) return 16;
    if (c != -25536L) return 17;
    if (d != -1L) return 18;
    if (e != 65535L) return 19;
    if (f != 7L) return 20;
    if (g != -1L) return 21;
    if (h != 45L) return 22;
    if (i != 4294967295L) return 23;
    if (j != 0L) return 24;
    if (k != -1L) return 25;
    if (l != 4294967295L) return 26;
    if (m != 2147483647L) return 27;
    if (n != 18446744073709551615UL) return 28;
    if (o != 131070L) return 29;
    if (p != 4294967296L) return 30;
    if (q != 0L) return 31;
    if (r != 4294967295L) return 32;
    if (s != 4294967295L) return 33;
    if (t != 2147483648L) return 34;
    if (u != 44L) return 35;
    if (v != 4294941759L) return 36;
    return 0;
}
