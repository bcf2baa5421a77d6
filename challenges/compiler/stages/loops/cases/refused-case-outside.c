// A case stands in a switch.
// refused: 5
int main(void) {
    int a = 1;
    case 1: a = 2;
    return a;
}
