// Division groups to the left: (100 / 10) / 5.
// exit: 2
int main(void) {
    return 100 / 10 / 5;
}
