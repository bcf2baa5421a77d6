// A name may begin with a keyword, or end with one.
// exit: 6
int main(void) {
    int returned = 1, integer = 2, reint = 3;
    return returned + integer + reint;
}
