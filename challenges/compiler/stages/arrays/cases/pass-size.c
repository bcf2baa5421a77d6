// A parameter that is written as an array is a pointer, in its size, too, and may be assigned to and stepped.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int size(int a[7]) { return sizeof a; }
int size_of_rows(char a[4][9]) { return sizeof a + sizeof a[0]; }
int step(int a[3]) { a++; return *a + sizeof *a; }
int add(int a[], int n) { a += n; return a[0]; }

int second(int a[7]);
int second(int *a) { return a[1]; }
int second(int a[]);
int second(int a[3]);

int main(void) {
    int a[7] = {1, 20, 30, 40};
    char b[4][9];
    if (size(a) != 8) return 17;
    if (size_of_rows(b) != 17) return 18;
    if (step(a) != 24) return 19;
    if (add(a, 3) != 40) return 20;
    if (second(a) != 20 || second(a + 1) != 30) return 21;
    return 0;
}
