// A case belongs to the innermost switch.
// exit: 21
int main(void) {
    int a = 1, b = 2, c = 0;
    switch (a) {
    case 1:
        switch (b) {
        case 1:
            c += 1;
            break;
        case 2:
            c += 20;
            break;
        }
        c += 1;
        break;
    case 2:
        c += 100;
    }
    return c;
}
