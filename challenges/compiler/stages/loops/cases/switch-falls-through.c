// Without a break it goes on into the next case.
// exit: 6
int main(void) {
    int a = 2, b = 0;
    switch (a) {
    case 1:
        b += 1;
    case 2:
        b += 2;
    case 3:
        b += 4;
        break;
    case 4:
        b += 8;
    }
    return b;
}
