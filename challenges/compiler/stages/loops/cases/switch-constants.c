// A case may be negative, or computed from constants.
// exit: 35
int main(void) {
    int result = 0;
    for (int i = -2; i < 9; i++)
        switch (i * 2) {
        case -4:
            result += 5;
            break;
        case 2 * 3 + 4:
            result += 10;
            break;
        case 1 << 4:
            result += 20;
            break;
        }
    return result;
}
