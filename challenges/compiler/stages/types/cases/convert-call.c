// An argument becomes what its parameter is, and a result what the function returns.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
long take_uc(unsigned char x) { return x; }
long take_uc_last(int a, int b, int c, int d, int e, int f, int g, unsigned char x) { return x; }
long take_s(short x) { return x; }
long take_s_last(int a, int b, int c, int d, int e, int f, int g, short x) { return x; }
long take_us(unsigned short x) { return x; }
long take_us_last(int a, int b, int c, int d, int e, int f, int g, unsigned short x) { return x; }
long take_i(int x) { return x; }
long take_i_last(int a, int b, int c, int d, int e, int f, int g, int x) { return x; }
long take_u(unsigned x) { return x; }
long take_u_last(int a, int b, int c, int d, int e, int f, int g, unsigned x) { return x; }
long take_l(long x) { return x; }
long take_l_last(int a, int b, int c, int d, int e, int f, int g, long x) { return x; }
unsigned long take_ul(unsigned long x) { return x; }
unsigned long take_ul_last(int a, int b, int c, int d, int e, int f, int g, unsigned long x) { return x; }
unsigned char uc_of_uc(unsigned char x) { return x; }
unsigned char uc_of_s(short x) { return x; }
unsigned char uc_of_us(unsigned short x) { return x; }
unsigned char uc_of_i(int x) { return x; }
unsigned char uc_of_u(unsigned x) { return x; }
unsigned char uc_of_l(long x) { return x; }
unsigned char uc_of_ul(unsigned long x) { return x; }
short s_of_uc(unsigned char x) { return x; }
short s_of_s(short x) { return x; }
short s_of_us(unsigned short x) { return x; }
short s_of_i(int x) { return x; }
short s_of_u(unsigned x) { return x; }
short s_of_l(long x) { return x; }
short s_of_ul(unsigned long x) { return x; }
unsigned short us_of_uc(unsigned char x) { return x; }
unsigned short us_of_s(short x) { return x; }
unsigned short us_of_us(unsigned short x) { return x; }
unsigned short us_of_i(int x) { return x; }
unsigned short us_of_u(unsigned x) { return x; }
unsigned short us_of_l(long x) { return x; }
unsigned short us_of_ul(unsigned long x) { return x; }
int i_of_uc(unsigned char x) { return x; }
int i_of_s(short x) { return x; }
int i_of_us(unsigned short x) { return x; }
int i_of_i(int x) { return x; }
int i_of_u(unsigned x) { return x; }
int i_of_l(long x) { return x; }
int i_of_ul(unsigned long x) { return x; }
unsigned u_of_uc(unsigned char x) { return x; }
unsigned u_of_s(short x) { return x; }
unsigned u_of_us(unsigned short x) { return x; }
unsigned u_of_i(int x) { return x; }
unsigned u_of_u(unsigned x) { return x; }
unsigned u_of_l(long x) { return x; }
unsigned u_of_ul(unsigned long x) { return x; }
long l_of_uc(unsigned char x) { return x; }
long l_of_s(short x) { return x; }
long l_of_us(unsigned short x) { return x; }
long l_of_i(int x) { return x; }
long l_of_u(unsigned x) { return x; }
long l_of_l(long x) { return x; }
long l_of_ul(unsigned long x) { return x; }
unsigned long ul_of_uc(unsigned char x) { return x; }
unsigned long ul_of_s(short x) { return x; }
unsigned long ul_of_us(unsigned short x) { return x; }
unsigned long ul_of_i(int x) { return x; }
unsigned long ul_of_u(unsigned x) { return x; }
unsigned long ul_of_l(long x) { return x; }
unsigned long ul_of_ul(unsigned long x) { return x; }
int main(void) {
    unsigned char uc1 = 200, uc2 = 255, uc3 = 3;
    short s1 = -3, s2 = -32768, s3 = 30000;
    unsigned short us1 = 65535, us2 = 40000, us3 = 5;
    int i1 = -7, i2 = 2147483647, i3 = 65537;
    unsigned u1 = 4294967295, u2 = 4000000000, u3 = 6;
    long l1 = -5000000000, l2 = 4294967297, l3 = -1;
    unsigned long ul1 = 18446744073709551615UL, ul2 = 4294967298, ul3 = 9;
    if (take_uc(uc1) != 200L) return 75;
    if (uc_of_uc(uc1) != 200L) return 76;
    if (take_uc(s1) != 253L) return 77;
    if (take_uc_last(1, 2, 3, 4, 5, 6, 7, s1) != 253L) return 78;
    if (uc_of_s(s1) != 253L) return 79;
    if (take_uc(us1) != 255L) return 80;
    if (take_uc_last(1, 2, 3, 4, 5, 6, 7, us1) != 255L) return 81;
    if (uc_of_us(us1) != 255L) return 82;
    if (take_uc(i1) != 249L) return 83;
    if (take_uc_last(1, 2, 3, 4, 5, 6, 7, i1) != 249L) return 84;
    if (uc_of_i(i1) != 249L) return 85;
    if (take_uc(u1) != 255L) return 86;
    if (take_uc_last(1, 2, 3, 4, 5, 6, 7, u1) != 255L) return 87;
    if (uc_of_u(u1) != 255L) return 88;
    if (take_uc(l1) != 0L) return 89;
    if (take_uc_last(1, 2, 3, 4, 5, 6, 7, l1) != 0L) return 90;
    if (uc_of_l(l1) != 0L) return 91;
    if (take_uc(ul1) != 255L) return 92;
    if (take_uc_last(1, 2, 3, 4, 5, 6, 7, ul1) != 255L) return 93;
    if (uc_of_ul(ul1) != 255L) return 94;
    if (take_s(uc1) != 200L) return 95;
    if (take_s_last(1, 2, 3, 4, 5, 6, 7, uc1) != 200L) return 96;
    if (s_of_uc(uc1) != 200L) return 97;
    if (take_s(s1) != -3L) return 98;
    if (s_of_s(s1) != -3L) return 99;
    if (take_s(us1) != -1L) return 100;
    if (take_s_last(1, 2, 3, 4, 5, 6, 7, us1) != -1L) return 101;
    if (s_of_us(us1) != -1L) return 102;
    if (take_s(i2) != -1L) return 103;
    if (take_s_last(1, 2, 3, 4, 5, 6, 7, i2) != -1L) return 104;
    if (s_of_i(i2) != -1L) return 105;
    if (take_s(u1) != -1L) return 106;
    if (take_s_last(1, 2, 3, 4, 5, 6, 7, u1) != -1L) return 107;
    if (s_of_u(u1) != -1L) return 108;
    if (take_s(l1) != 3584L) return 109;
    if (take_s_last(1, 2, 3, 4, 5, 6, 7, l1) != 3584L) return 110;
    if (s_of_l(l1) != 3584L) return 111;
    if (take_s(ul1) != -1L) return 112;
    if (take_s_last(1, 2, 3, 4, 5, 6, 7, ul1) != -1L) return 113;
    if (s_of_ul(ul1) != -1L) return 114;
    if (take_us(uc1) != 200L) return 115;
    if (take_us_last(1, 2, 3, 4, 5, 6, 7, uc1) != 200L) return 116;
    if (us_of_uc(uc1) != 200L) return 117;
    if (take_us(s1) != 65533L) return 118;
    if (take_us_last(1, 2, 3, 4, 5, 6, 7, s1) != 65533L) return 119;
    if (us_of_s(s1) != 65533L) return 120;
    if (take_us(us1) != 65535L) return 121;
    if (us_of_us(us1) != 65535L) return 122;
    if (take_us(i1) != 65529L) return 123;
    if (take_us_last(1, 2, 3, 4, 5, 6, 7, i1) != 65529L) return 124;
    if (us_of_i(i1) != 65529L) return 125;
    if (take_us(u1) != 65535L) return 126;
    if (take_us_last(1, 2, 3, 4, 5, 6, 7, u1) != 65535L) return 127;
    if (us_of_u(u1) != 65535L) return 128;
    if (take_us(l1) != 3584L) return 129;
    if (take_us_last(1, 2, 3, 4, 5, 6, 7, l1) != 3584L) return 130;
    if (us_of_l(l1) != 3584L) return 131;
    if (take_us(ul1) != 65535L) return 132;
    if (take_us_last(1, 2, 3, 4, 5, 6, 7, ul1) != 65535L) return 133;
    if (us_of_ul(ul1) != 65535L) return 134;
    if (take_i(uc1) != 200L) return 135;
    if (take_i_last(1, 2, 3, 4, 5, 6, 7, uc1) != 200L) return 136;
    if (i_of_uc(uc1) != 200L) return 137;
    if (take_i(s1) != -3L) return 138;
    if (take_i_last(1, 2, 3, 4, 5, 6, 7, s1) != -3L) return 139;
    if (i_of_s(s1) != -3L) return 140;
    if (take_i(us1) != 65535L) return 141;
    if (take_i_last(1, 2, 3, 4, 5, 6, 7, us1) != 65535L) return 142;
    if (i_of_us(us1) != 65535L) return 143;
    if (take_i(i1) != -7L) return 144;
    if (i_of_i(i1) != -7L) return 145;
    if (take_i(u1) != -1L) return 146;
    if (take_i_last(1, 2, 3, 4, 5, 6, 7, u1) != -1L) return 147;
    if (i_of_u(u1) != -1L) return 148;
    if (take_i(l1) != -705032704L) return 149;
    if (take_i_last(1, 2, 3, 4, 5, 6, 7, l1) != -705032704L) return 150;
    if (i_of_l(l1) != -705032704L) return 151;
    if (take_i(ul1) != -1L) return 152;
    if (take_i_last(1, 2, 3, 4, 5, 6, 7, ul1) != -1L) return 153;
    if (i_of_ul(ul1) != -1L) return 154;
    if (take_u(uc1) != 200L) return 155;
    if (take_u_last(1, 2, 3, 4, 5, 6, 7, uc1) != 200L) return 156;
    if (u_of_uc(uc1) != 200L) return 157;
    if (take_u(s1) != 4294967293L) return 158;
    if (take_u_last(1, 2, 3, 4, 5, 6, 7, s1) != 4294967293L) return 159;
    if (u_of_s(s1) != 4294967293L) return 160;
    if (take_u(us1) != 65535L) return 161;
    if (take_u_last(1, 2, 3, 4, 5, 6, 7, us1) != 65535L) return 162;
    if (u_of_us(us1) != 65535L) return 163;
    if (take_u(i1) != 4294967289L) return 164;
    if (take_u_last(1, 2, 3, 4, 5, 6, 7, i1) != 4294967289L) return 165;
    if (u_of_i(i1) != 4294967289L) return 166;
    if (take_u(u1) != 4294967295L) return 167;
    if (u_of_u(u1) != 4294967295L) return 168;
    if (take_u(l1) != 3589934592L) return 169;
    if (take_u_last(1, 2, 3, 4, 5, 6, 7, l1) != 3589934592L) return 170;
    if (u_of_l(l1) != 3589934592L) return 171;
    if (take_u(ul1) != 4294967295L) return 172;
    if (take_u_last(1, 2, 3, 4, 5, 6, 7, ul1) != 4294967295L) return 173;
    if (u_of_ul(ul1) != 4294967295L) return 174;
    if (take_l(uc1) != 200L) return 175;
    if (take_l_last(1, 2, 3, 4, 5, 6, 7, uc1) != 200L) return 176;
    if (l_of_uc(uc1) != 200L) return 177;
    if (take_l(s1) != -3L) return 178;
    if (take_l_last(1, 2, 3, 4, 5, 6, 7, s1) != -3L) return 179;
    if (l_of_s(s1) != -3L) return 180;
    if (take_l(us1) != 65535L) return 181;
    if (take_l_last(1, 2, 3, 4, 5, 6, 7, us1) != 65535L) return 182;
    if (l_of_us(us1) != 65535L) return 183;
    if (take_l(i1) != -7L) return 184;
    if (take_l_last(1, 2, 3, 4, 5, 6, 7, i1) != -7L) return 185;
    if (l_of_i(i1) != -7L) return 186;
    if (take_l(u1) != 4294967295L) return 187;
    if (take_l_last(1, 2, 3, 4, 5, 6, 7, u1) != 4294967295L) return 188;
    if (l_of_u(u1) != 4294967295L) return 189;
    if (take_l(l1) != -5000000000L) return 190;
    if (l_of_l(l1) != -5000000000L) return 191;
    if (take_l(ul1) != -1L) return 192;
    if (take_l_last(1, 2, 3, 4, 5, 6, 7, ul1) != -1L) return 193;
    if (l_of_ul(ul1) != -1L) return 194;
    if (take_ul(uc1) != 200L) return 195;
    if (take_ul_last(1, 2, 3, 4, 5, 6, 7, uc1) != 200L) return 196;
    if (ul_of_uc(uc1) != 200L) return 197;
    if (take_ul(s1) != 18446744073709551613UL) return 198;
    if (take_ul_last(1, 2, 3, 4, 5, 6, 7, s1) != 18446744073709551613UL) return 199;
    if (ul_of_s(s1) != 18446744073709551613UL) return 200;
    if (take_ul(us1) != 65535L) return 201;
    if (take_ul_last(1, 2, 3, 4, 5, 6, 7, us1) != 65535L) return 202;
    if (ul_of_us(us1) != 65535L) return 203;
    if (take_ul(i1) != 18446744073709551609UL) return 204;
    if (take_ul_last(1, 2, 3, 4, 5, 6, 7, i1) != 18446744073709551609UL) return 205;
    if (ul_of_i(i1) != 18446744073709551609UL) return 206;
    if (take_ul(u1) != 4294967295L) return 207;
    if (take_ul_last(1, 2, 3, 4, 5, 6, 7, u1) != 4294967295L) return 208;
    if (ul_of_u(u1) != 4294967295L) return 209;
    if (take_ul(l1) != 18446744068709551616UL) return 210;
    if (take_ul_last(1, 2, 3, 4, 5, 6, 7, l1) != 18446744068709551616UL) return 211;
    if (ul_of_l(l1) != 18446744068709551616UL) return 212;
    if (take_ul(ul1) != 18446744073709551615UL) return 213;
    if (ul_of_ul(ul1) != 18446744073709551615UL) return 214;
    return 0;
}
