// A switch is not a loop.
// refused: 6
int main(void) {
    int a = 1;
    switch (a) {
    case 1: continue;
    }
    return a;
}
