// A variable may have any name that C allows, also one that means something to an assembler.
// exit: 78
int mod = 1, ax = 2, offset = 3, ptr, byte = 5, rax = 6, mov = 7, L1 = 8, L2 = 9, str1 = 10, add = 11, flat = 12;

int sum(int si) {
    static int L3 = 0;
    while (si-- > 0) L3 += mod + ax + offset + ptr + byte + rax + mov + L1 + L2 + str1 + add + flat;
    return L3;
}

int main(void) {
    ptr = 4;
    return sum(1);
}
