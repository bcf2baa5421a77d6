// break leaves the switch, and continue the round of the loop around it.
// exit: 43
int main(void) {
    int result = 0;
    for (int i = 0; i < 5; i++) {
        switch (i) {
        case 0:
            break;
        case 1:
            continue;
        case 2:
            result += 3;
            continue;
        default:
            result += 5;
            break;
        }
        result += 10;
    }
    return result;
}
