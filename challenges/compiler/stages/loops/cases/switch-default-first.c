// The default is taken when no case fits, wherever it stands.
// exit: 52
int main(void) {
    int result = 0;
    for (int i = 0; i < 3; i++)
        switch (i) {
        default:
            result += 1;
            break;
        case 2:
            result += 50;
            break;
        }
    return result;
}
