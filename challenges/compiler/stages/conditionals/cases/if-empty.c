// A lone semicolon is a statement that does nothing.
// exit: 3
int main(void) {
    int a = 3;
    if (a)
        ;
    if (!a)
        ;
    else
        ;
    return a;
}
