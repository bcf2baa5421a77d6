// Each part may be left out; without a condition the loop goes on until something ends it.
// exit: 8
int main(void) {
    int i = 0;
    for (;;) {
        i++;
        if (i == 8)
            return i;
    }
}
