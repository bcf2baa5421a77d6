// A member that is an array cannot step.
// refused: 6
struct name { char text[4]; };
int main(void) {
    struct name a = {"abc"}, *p = &a;
    p->text++;
    return 0;
}
