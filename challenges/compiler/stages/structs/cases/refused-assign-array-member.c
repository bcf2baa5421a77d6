// A member that is an array cannot be assigned to as a whole.
// refused: 6
struct name { char text[4]; };
int main(void) {
    struct name a = {"abc"}, b = {"def"};
    a.text = b.text;
    return 0;
}
