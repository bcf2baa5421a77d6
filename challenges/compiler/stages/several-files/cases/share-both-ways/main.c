// Both files use what the other defines.
// stdout: 3 2 1 0
int putchar(int c);
void down(int n);

int separators;

void print(int n) {
    if (separators++)
        putchar(' ');
    putchar('0' + n);
    down(n - 1);
}

int main(void) {
    print(3);
    putchar('\n');
    return separators - 4;
}
