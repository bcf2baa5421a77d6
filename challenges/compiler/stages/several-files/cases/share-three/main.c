// Three files, which need each other in a row.
// exit: 22
int a(int n);
int b(int n);

int main(void) {
    return b(a(9));
}
