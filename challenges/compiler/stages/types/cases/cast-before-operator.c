// A cast binds as tightly as a sign.
// exit: 14
int main(void) {
    int a = 2000000000;
    long b = (long)a * 4;
    long c = (int)3000000000 < 0;
    return b / 1000000000 + c * 6;
}
