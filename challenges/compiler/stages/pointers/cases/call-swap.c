// A function changes its caller's variables through pointers.
// exit: 52
void swap(int *a, int *b) {
    int kept = *a;
    *a = *b;
    *b = kept;
}

int main(void) {
    int a = 2, b = 5;
    swap(&a, &b);
    return a * 10 + b;
}
