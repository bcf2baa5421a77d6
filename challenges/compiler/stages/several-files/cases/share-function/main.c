// A function of another file is declared here and defined there.
// exit: 42
int twice(int n);

int main(void) {
    return twice(21);
}
