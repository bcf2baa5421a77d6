// Between ? and : anything may stand, another ?: or an assignment, too.
// exit: 13
int main(void) {
    int a = 1, b = 0, c = 0;
    int d = a ? b ? 1 : 3 : 4;
    int e = a ? c = 5, c + 5 : 6;
    return d + e;
}
