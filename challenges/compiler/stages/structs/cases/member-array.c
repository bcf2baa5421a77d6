// Arrays in structs, and structs in arrays.
// exit: 66
struct row {
    int n;
    int values[3];
};

int main(void) {
    struct row rows[2];
    for (int i = 0; i < 2; i++) {
        rows[i].n = i;
        for (int j = 0; j < 3; j++)
            rows[i].values[j] = i * 10 + j;
    }
    struct row *p = rows;
    p++;
    int sum = 0;
    for (int j = 0; j < 3; j++)
        sum += p->values[j] * 2;
    return sum + p->n + (p - rows) - 2;
}
