// char and short as parameters and results.
// stdout: Hz
int putchar(int c);

char next(char c, short by) {
    return c + by;
}

int main(void) {
    char a = 'G';
    putchar(next(a, 1));
    putchar(next('{', -1));
    putchar('\n');
    return 0;
}
