void print(int n);

void down(int n) {
    if (n >= 0)
        print(n);
}
