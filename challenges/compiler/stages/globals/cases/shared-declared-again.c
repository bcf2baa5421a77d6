// A global may be declared again, and be given its value once, before or after.
// exit: 27
int a;
int a;
int b = 7;

int get(void) {
    return a + b;
}

int a = 20;
int b;

int main(void) {
    return get();
}
