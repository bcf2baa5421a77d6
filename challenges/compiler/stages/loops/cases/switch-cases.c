// A switch jumps to the case of its value.
// exit: 132
int main(void) {
    int result = 0;
    for (int i = 1; i <= 3; i++) {
        switch (i) {
        case 1:
            result += 100;
            break;
        case 2:
            result += 30;
            break;
        case 3:
            result += 2;
            break;
        }
    }
    return result;
}
