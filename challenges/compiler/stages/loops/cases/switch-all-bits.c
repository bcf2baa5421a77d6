// A switch compares all 32 bits with those of its cases.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int a = 256, b = 65537, c = -1;
    switch (a) {
    case 0:
        return 8;
    case 256:
        break;
    default:
        return 12;
    }
    switch (b) {
    case 1:
        return 16;
    case 65537:
        break;
    default:
        return 20;
    }
    switch (c) {
    case 255:
        return 24;
    case 65535:
        return 26;
    case -1:
        break;
    default:
        return 30;
    }
    return 0;
}
