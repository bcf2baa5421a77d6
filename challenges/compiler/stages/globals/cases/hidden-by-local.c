// A local variable hides the global of the same name; other functions still see the global.
// exit: 153
int a = 50;

int get(void) {
    return a;
}

int main(void) {
    int before = a;
    int a = 3;
    a += get();
    return a + before + get();
}
