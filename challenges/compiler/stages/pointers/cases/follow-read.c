// & is where a variable is kept, and * what is kept there.
// exit: 7
int main(void) {
    int a = 7;
    int *p = &a;
    return *p;
}
