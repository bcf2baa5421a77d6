// A function is called, and its value used.
// exit: 42
int twenty(void) {
    return 20;
}

int main(void) {
    return twenty() + twenty() + 2;
}
