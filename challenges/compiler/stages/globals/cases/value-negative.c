// An initialiser may be negative.
// exit: 70
int below = -30;

int main(void) {
    return below + 100;
}
