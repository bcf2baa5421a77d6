// An assignment has the value that it assigns, and groups to the right.
// exit: 15
int main(void) {
    int a, b, c;
    a = b = c = 5;
    return a + b + c;
}
