// Its result counts characters. A call in the middle of a sum needs the stack as any other call does.
// stdout: abc
// stdout: de
// exit: 18
int printf(const char *format, ...);

int main(void) {
    int first = 1 + (2 + printf("%s\n", "abc"));
    return first + (3 + (5 + printf("%c%c\n", 'd', 'e')));
}
