// A switch widens its value as operators do, and its cases have the type that comes of it.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    unsigned char uc = 5;
    short s = -1;
    unsigned short us = 65535;
    unsigned u = 4294967295;
    long l;
    unsigned long ul = 18446744073709551615UL;
    switch (uc) { case 261: return 11; case -251: return 11; case 5: break; default: return 11; }
    uc = 255;
    switch (uc) { case -1: return 13; case 255: break; default: return 13; }
    switch (s) { case 65535: return 14; case -1: break; default: return 14; }
    switch (us) { case -1: return 15; case 65535: break; default: return 15; }
    switch (u) { case 5: return 16; case -1: break; default: return 16; }
    l = 4294967296 + 5;
    switch (l) { case 5: return 18; case 4294967301: break; default: return 18; }
    l = -1;
    switch (l) { case 4294967295: return 20; case 0xffffffff - 1: return 20; case -1: break; default: return 20; }
    switch (ul) { case 4294967295: return 21; case -1: break; default: return 21; }
    l = 1099511627776;
    switch (l) { case 0: return 23; case 2199023255552: return 23; case 1099511627776: break; default: return 23; }
    switch (l + uc) { case 255: return 24; case 1099511628031: break; default: return 24; }
    return 0;
}
