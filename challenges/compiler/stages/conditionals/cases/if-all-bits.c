// A number is true if any of its 32 bits is set, wherever it is tested.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int a, zero = 0;
    a = 256;
    if (a) ; else return 7;
    if (!a) return 8;
    if ((a ? 1 : 2) != 1) return 9;
    if ((a && 1) != 1) return 10;
    if ((1 && a) != 1) return 11;
    if ((a || zero) != 1) return 12;
    if ((zero || a) != 1) return 13;
    if (a - a) return 14;
    if (a & a) ; else return 15;
    a = 65536;
    if (a) ; else return 17;
    if (!a) return 18;
    if ((a ? 1 : 2) != 1) return 19;
    if ((a && 1) != 1) return 20;
    if ((1 && a) != 1) return 21;
    if ((a || zero) != 1) return 22;
    if ((zero || a) != 1) return 23;
    if (a - a) return 24;
    if (a & a) ; else return 25;
    a = 16777216;
    if (a) ; else return 27;
    if (!a) return 28;
    if ((a ? 1 : 2) != 1) return 29;
    if ((a && 1) != 1) return 30;
    if ((1 && a) != 1) return 31;
    if ((a || zero) != 1) return 32;
    if ((zero || a) != 1) return 33;
    if (a - a) return 34;
    if (a & a) ; else return 35;
    a = -2147483647 - 1;
    if (a) ; else return 37;
    if (!a) return 38;
    if ((a ? 1 : 2) != 1) return 39;
    if ((a && 1) != 1) return 40;
    if ((1 && a) != 1) return 41;
    if ((a || zero) != 1) return 42;
    if ((zero || a) != 1) return 43;
    if (a - a) return 44;
    if (a & a) ; else return 45;
    a = 512 + 131072;
    if (a) ; else return 47;
    if (!a) return 48;
    if ((a ? 1 : 2) != 1) return 49;
    if ((a && 1) != 1) return 50;
    if ((1 && a) != 1) return 51;
    if ((a || zero) != 1) return 52;
    if ((zero || a) != 1) return 53;
    if (a - a) return 54;
    if (a & a) ; else return 55;
    return 0;
}
