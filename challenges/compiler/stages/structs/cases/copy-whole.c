// An assignment copies all members, and what is copied is a struct of its own.
// exit: 81
struct big {
    int a;
    long b;
    char text[10];
    int z;
};

int main(void) {
    struct big one = {1, 2, "three", 40}, two;
    two = one;
    one.z = 7;
    one.text[0] = 'x';
    return two.a + two.b + two.z + (two.text[0] == 't' && two.text[4] == 'e') * 30 + one.z + 1;
}
