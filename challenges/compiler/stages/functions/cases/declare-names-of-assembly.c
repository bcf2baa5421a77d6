// A function may have any name that C allows, also one that means something to an assembler.
// exit: 110
int mod(int a, int b) { return a % b; }
int ax(int a) { return a + 1; }
int offset(int a) { return a + 2; }
int ptr(int a) { return a + 3; }
int byte(int a) { return a + 4; }
int rax(int a) { return a + 5; }
int mov(int a) { return a + 6; }
int not(int a) { return a + 7; }
int st(int a) { return a + 8; }
int L1(int a) { return a + 9; }
int L2(int a) { return a + 10; }
int str1(int a) { return a + 11; }
int main_end(int a) { return a + 12; }

int main(void) {
    int eax = mod(17, 5), rsp = 0, add = 0;
    if (eax) rsp = ax(offset(ptr(byte(rax(mov(not(st(L1(L2(0))))))))));
    while (add < 3) add++;
    return rsp + str1(eax) + main_end(add) + ax(26);
}
