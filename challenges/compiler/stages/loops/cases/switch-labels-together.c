// Several cases may share their statements.
// exit: 74
int main(void) {
    int small = 0, large = 0;
    for (int i = 0; i < 11; i++)
        switch (i) {
        case 1:
        case 3:
        case 5:
        case 7:
            small++;
            break;
        default:
            large++;
        }
    return large * 10 + small;
}
