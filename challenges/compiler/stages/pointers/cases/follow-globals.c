// Globals have addresses, which are known before the program runs.
// exit: 16
int value = 6;
int *where = &value;
int *nowhere;

int main(void) {
    *where += 10;
    return value + (nowhere == 0 ? 0 : 100);
}
