// A parameter hides a global, too.
// exit: 17
int a = 10;

int twice(int a) {
    a = a * 2;
    return a;
}

int main(void) {
    return twice(3) + a + (a == 10);
}
