// A prototype may leave out the names, be repeated, and use other names than the definition.
// exit: 7
int sub(int, int);
int sub(int left, int right);

int main(void) {
    return sub(10, 3);
}

int sub(int a, int b) {
    return a - b;
}
int sub(int a, int b);
