// break ends the loop at once.
// exit: 5
int main(void) {
    int i = 0;
    while (1) {
        if (i == 5)
            break;
        i++;
    }
    return i;
}
