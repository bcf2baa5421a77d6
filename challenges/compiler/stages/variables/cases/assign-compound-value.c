// Such an assignment has a value, too, and groups to the right.
// exit: 27
int main(void) {
    int a = 2, b = 3;
    int c = a += b *= 4;
    return c + a - b + 11;
}
