// Two structs without a tag are two types, even if their members are alike.
// refused: 6
struct { int a; } one;
struct { int a; } two;
int main(void) {
    one = two;
    return one.a;
}
