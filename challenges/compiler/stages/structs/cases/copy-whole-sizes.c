// A copy takes all bytes of a struct, whatever its size and place, and touches none beside.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
struct s1 { char a[1]; };
struct s2 { char a[3]; };
struct s3 { char a[5]; };
struct s4 { char a[7]; };
struct s5 { char a[9]; };
struct s6 { char a[13]; };
struct s7 { char a[15]; };
struct s8 { char a[65]; };
struct s9 { char a[71]; };
struct s10 { short a[3]; };
struct s11 { int a[3]; };
struct s12 { int a[17]; };
struct s13 { int a[33]; };
struct s14 { long a[9]; };
struct s15 { char a[131]; };

int sizes(void) {
    int i;
    struct s1 t1[3], u1;
    struct s2 t2[3], u2;
    struct s3 t3[3], u3;
    struct s4 t4[3], u4;
    struct s5 t5[3], u5;
    struct s6 t6[3], u6;
    struct s7 t7[3], u7;
    struct s8 t8[3], u8;
    struct s9 t9[3], u9;
    struct s10 t10[3], u10;
    struct s11 t11[3], u11;
    struct s12 t12[3], u12;
    struct s13 t13[3], u13;
    struct s14 t14[3], u14;
    struct s15 t15[3], u15;
    for (i = 0; i < 1; i++) { t1[0].a[i] = 1; t1[1].a[i] = 2; t1[2].a[i] = 3; u1.a[i] = i % 50 + 10; }
    t1[1] = u1;
    for (i = 0; i < 1; i++) if (t1[1].a[i] != i % 50 + 10 || t1[0].a[i] != 1 || t1[2].a[i] != 3) return 39;
    for (i = 0; i < 3; i++) { t2[0].a[i] = 1; t2[1].a[i] = 2; t2[2].a[i] = 3; u2.a[i] = i % 50 + 10; }
    t2[1] = u2;
    for (i = 0; i < 3; i++) if (t2[1].a[i] != i % 50 + 10 || t2[0].a[i] != 1 || t2[2].a[i] != 3) return 42;
    for (i = 0; i < 5; i++) { t3[0].a[i] = 1; t3[1].a[i] = 2; t3[2].a[i] = 3; u3.a[i] = i % 50 + 10; }
    t3[1] = u3;
    for (i = 0; i < 5; i++) if (t3[1].a[i] != i % 50 + 10 || t3[0].a[i] != 1 || t3[2].a[i] != 3) return 45;
    for (i = 0; i < 7; i++) { t4[0].a[i] = 1; t4[1].a[i] = 2; t4[2].a[i] = 3; u4.a[i] = i % 50 + 10; }
    t4[1] = u4;
    for (i = 0; i < 7; i++) if (t4[1].a[i] != i % 50 + 10 || t4[0].a[i] != 1 || t4[2].a[i] != 3) return 48;
    for (i = 0; i < 9; i++) { t5[0].a[i] = 1; t5[1].a[i] = 2; t5[2].a[i] = 3; u5.a[i] = i % 50 + 10; }
    t5[1] = u5;
    for (i = 0; i < 9; i++) if (t5[1].a[i] != i % 50 + 10 || t5[0].a[i] != 1 || t5[2].a[i] != 3) return 51;
    for (i = 0; i < 13; i++) { t6[0].a[i] = 1; t6[1].a[i] = 2; t6[2].a[i] = 3; u6.a[i] = i % 50 + 10; }
    t6[1] = u6;
    for (i = 0; i < 13; i++) if (t6[1].a[i] != i % 50 + 10 || t6[0].a[i] != 1 || t6[2].a[i] != 3) return 54;
    for (i = 0; i < 15; i++) { t7[0].a[i] = 1; t7[1].a[i] = 2; t7[2].a[i] = 3; u7.a[i] = i % 50 + 10; }
    t7[1] = u7;
    for (i = 0; i < 15; i++) if (t7[1].a[i] != i % 50 + 10 || t7[0].a[i] != 1 || t7[2].a[i] != 3) return 57;
    for (i = 0; i < 65; i++) { t8[0].a[i] = 1; t8[1].a[i] = 2; t8[2].a[i] = 3; u8.a[i] = i % 50 + 10; }
    t8[1] = u8;
    for (i = 0; i < 65; i++) if (t8[1].a[i] != i % 50 + 10 || t8[0].a[i] != 1 || t8[2].a[i] != 3) return 60;
    for (i = 0; i < 71; i++) { t9[0].a[i] = 1; t9[1].a[i] = 2; t9[2].a[i] = 3; u9.a[i] = i % 50 + 10; }
    t9[1] = u9;
    for (i = 0; i < 71; i++) if (t9[1].a[i] != i % 50 + 10 || t9[0].a[i] != 1 || t9[2].a[i] != 3) return 63;
    for (i = 0; i < 3; i++) { t10[0].a[i] = 1; t10[1].a[i] = 2; t10[2].a[i] = 3; u10.a[i] = i % 50 + 10; }
    t10[1] = u10;
    for (i = 0; i < 3; i++) if (t10[1].a[i] != i % 50 + 10 || t10[0].a[i] != 1 || t10[2].a[i] != 3) return 66;
    for (i = 0; i < 3; i++) { t11[0].a[i] = 1; t11[1].a[i] = 2; t11[2].a[i] = 3; u11.a[i] = i % 50 + 10; }
    t11[1] = u11;
    for (i = 0; i < 3; i++) if (t11[1].a[i] != i % 50 + 10 || t11[0].a[i] != 1 || t11[2].a[i] != 3) return 69;
    for (i = 0; i < 17; i++) { t12[0].a[i] = 1; t12[1].a[i] = 2; t12[2].a[i] = 3; u12.a[i] = i % 50 + 10; }
    t12[1] = u12;
    for (i = 0; i < 17; i++) if (t12[1].a[i] != i % 50 + 10 || t12[0].a[i] != 1 || t12[2].a[i] != 3) return 72;
    for (i = 0; i < 33; i++) { t13[0].a[i] = 1; t13[1].a[i] = 2; t13[2].a[i] = 3; u13.a[i] = i % 50 + 10; }
    t13[1] = u13;
    for (i = 0; i < 33; i++) if (t13[1].a[i] != i % 50 + 10 || t13[0].a[i] != 1 || t13[2].a[i] != 3) return 75;
    for (i = 0; i < 9; i++) { t14[0].a[i] = 1; t14[1].a[i] = 2; t14[2].a[i] = 3; u14.a[i] = i % 50 + 10; }
    t14[1] = u14;
    for (i = 0; i < 9; i++) if (t14[1].a[i] != i % 50 + 10 || t14[0].a[i] != 1 || t14[2].a[i] != 3) return 78;
    for (i = 0; i < 131; i++) { t15[0].a[i] = 1; t15[1].a[i] = 2; t15[2].a[i] = 3; u15.a[i] = i % 50 + 10; }
    t15[1] = u15;
    for (i = 0; i < 131; i++) if (t15[1].a[i] != i % 50 + 10 || t15[0].a[i] != 1 || t15[2].a[i] != 3) return 81;
    return 0;
}

struct odd { char a[3]; };
struct twelve { int x, y, z; };
struct big { long l[9]; char tail; };
struct holder { char before; struct odd odd; char between; struct twelve twelve; int after; };
struct twelve global = {7, 8, 9}, other;

int places(void) {
    struct odd o = {{1, 2, 3}}, p = {{4, 5, 6}};
    struct holder h = {10, {{11, 12, 13}}, 14, {15, 16, 17}, 18}, copy = h, *q = &copy;
    struct twelve list[2] = {{1, 2, 3}, {4, 5, 6}}, from = global;
    struct big one = {{1, 2, 3, 4, 5, 6, 7, 8, 9}, 10}, two = one;
    h.odd = o;
    if (h.before != 10 || h.odd.a[0] != 1 || h.odd.a[2] != 3 || h.between != 14) return 97;
    q->twelve = list[1];
    if (q->between != 14 || q->twelve.x != 4 || q->twelve.z != 6 || q->after != 18) return 99;
    list[0] = global;
    if (list[0].x != 7 || list[0].z != 9 || list[1].x != 4) return 101;
    other = list[1];
    if (other.x != 4 || other.z != 6 || global.x != 7) return 103;
    if (from.y != 8 || copy.odd.a[2] != 13) return 104;
    if (two.l[8] != 9 || two.tail != 10) return 105;
    o = q ? p : o;
    if (o.a[0] != 4 || o.a[2] != 6) return 107;
    q->odd = h.odd = p;
    if (q->odd.a[2] != 6 || h.odd.a[2] != 6 || q->before != 10 || q->between != 14) return 109;
    *q = h;
    if (q->after != 18 || q->twelve.x != 15) return 111;
    return 0;
}

int main(void) {
    int wrong = sizes();
    return wrong ? wrong : places();
}
