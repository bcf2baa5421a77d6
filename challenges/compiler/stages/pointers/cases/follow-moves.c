// A pointer can be set to another variable.
// exit: 25
int main(void) {
    int a = 5, b = 20;
    int *p = &a;
    int sum = *p;
    p = &b;
    sum += *p;
    *p = 0;
    return sum + b;
}
