// No file defines the function. That shows when the program is linked, and is no line's mistake.
// refused: anywhere
int nowhere(int n);
int other(void);

int main(void) {
    return nowhere(other());
}
