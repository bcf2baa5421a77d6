// A local array gets its list each time that execution gets there, and zeros up to its last byte, whatever its length.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int changed(void) {
    int a[3] = {1, 2};
    a[0]++;
    a[2] += 7;
    return a[0] * 10 + a[2];
}

int recursive(int n) {
    int a[3] = {1, 2, 3};
    a[1] += n;
    if (n > 0) recursive(n - 1);
    return a[1];
}

int each_time(void) {
    int sum = 0;
    if (changed() != 27) return 20;
    if (changed() != 27) return 21;
    if (recursive(3) != 5) return 22;
    if (recursive(0) != 2) return 23;
    for (int i = 0; i < 3; i++) {
        char a[4] = {5, i};
        sum += a[0] + a[1] + a[2];
        a[0] = a[2] = 9;
    }
    if (sum != 18) return 29;
    for (int i = 0; i < 3; i++) {
        static int a[2] = {1};
        sum = ++a[0];
    }
    if (sum != 4) return 34;
    return 0;
}

int fill(int n) {
    char a[500];
    for (int i = 0; i < 500; i++)
        a[i] = 77;
    return a[n];
}

int sum(char *a, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++)
        sum += a[i];
    return sum;
}

int list1(void) { char a[5] = {1, 2}; return sum(a, 5); }
int list2(void) { char a[33] = {1}; return sum(a, 33); }
int list3(void) { char a[64] = {1}; return sum(a, 64); }
int list4(void) { char a[103] = {1}; return sum(a, 103); }
int list5(void) { char a[130] = {1, 1}; return sum(a, 130); }
int list6(void) { char a[257] = {1, 2, 3}; return sum(a, 257); }
int list7(void) { short a[41] = {1}; return sum((char *)a, 82); }
int list8(void) { int a[27] = {1}; return sum((char *)a, 108); }
int list9(void) { char a[3][37] = {{1}, {2}}; return sum((char *)a, 111); }
int list10(void) { int a[40] = {1}; return sum((char *)a, 160); }

int rest(void) {
    fill(3);
    if (list1() != 3) return 65;
    fill(3);
    if (list2() != 1) return 67;
    fill(3);
    if (list3() != 1) return 69;
    fill(3);
    if (list4() != 1) return 71;
    fill(3);
    if (list5() != 2) return 73;
    fill(3);
    if (list6() != 6) return 75;
    fill(3);
    if (list7() != 1) return 77;
    fill(3);
    if (list8() != 1) return 79;
    fill(3);
    if (list9() != 3) return 81;
    fill(3);
    if (list10() != 1) return 83;
    return 0;
}

int main(void) {
    int wrong = each_time();
    return wrong ? wrong : rest();
}
