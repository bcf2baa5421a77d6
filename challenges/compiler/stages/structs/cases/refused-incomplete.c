// Nothing is known of the struct but its name.
// refused: 5
struct hidden;
int main(void) {
    struct hidden a;
    return 0;
}
