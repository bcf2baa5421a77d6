// A struct cannot hold itself: its size is known only after its last member.
// refused: 5
struct tree {
    int value;
    struct tree left;
};
int main(void) {
    return 0;
}
