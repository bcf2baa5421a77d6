// A parameter is the function's own: changing it changes nothing outside.
// exit: 13
int change(int a) {
    a = a + 1;
    return a * 2;
}

int main(void) {
    int a = 5;
    int b = change(a);
    return a - 4 + b;
}
