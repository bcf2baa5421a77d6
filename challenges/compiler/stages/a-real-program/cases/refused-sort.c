// An argument is missing in a call inside two loops.
// refused: 17
int printf(const char *format, ...);

static void swap(int *a, int *b) {
    int kept = *a;
    *a = *b;
    *b = kept;
}

int main(void) {
    int values[5] = {5, 3, 4, 1, 2};
    /* The usual two loops:
       each round brings the largest one up. */
    for (int i = 0; i < 5; i++)
        for (int j = 0; j + 1 < 5 - i; j++)
            if (values[j] > values[j + 1]) swap(&values[j]);
    printf("%d\n", values[0]);
    return 0;
}
