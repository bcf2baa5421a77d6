// What a list does not reach is zero up to the last byte, whatever the length of the array.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
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
int list9(void) { char a[3][37] = {{1}, {2}}; return sum(a[0], 111); }
int list10(void) { int a[40] = {1}; return sum((char *)a, 160); }

int main(void) {
    fill(3);
    if (list1() != 3) return 31;
    fill(3);
    if (list2() != 1) return 33;
    fill(3);
    if (list3() != 1) return 35;
    fill(3);
    if (list4() != 1) return 37;
    fill(3);
    if (list5() != 2) return 39;
    fill(3);
    if (list6() != 6) return 41;
    fill(3);
    if (list7() != 1) return 43;
    fill(3);
    if (list8() != 1) return 45;
    fill(3);
    if (list9() != 3) return 47;
    fill(3);
    if (list10() != 1) return 49;
    return 0;
}
