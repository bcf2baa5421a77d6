// An expression that is a statement is evaluated, whichever operator stands at its top, and a return takes a comma as well.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int a = 1, b = 1, line = 0;
    a++ + 1;
    -a++;
    + ++a;
    !a++;
    ~a++;
    a++, b;
    a++ && b++;
    0 || a++;
    a++ == b;
    1 + a++;
    (a++);
    (b = 4) * 2;
    a *= 1 - 2 + b;
    (line = 19, a == 36)
        && (line = 20, b == 4)
        && (line = 0);
    return a++, b = 0, line;
}
