// Writing through a pointer changes the variable.
// exit: 9
int main(void) {
    int a = 1;
    int *p = &a;
    *p = 4;
    *p += 5;
    return a;
}
