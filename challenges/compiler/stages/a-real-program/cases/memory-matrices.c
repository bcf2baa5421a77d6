// Matrices of structs are multiplied, by name through pointers, until a Fibonacci number comes out.
// stdout: 12586269025
int printf(const char *format, ...);

struct matrix {
    long cell[2][2];
};

static void multiply(struct matrix *result, struct matrix *left, struct matrix *right) {
    struct matrix product;
    for (int row = 0; row < 2; row++)
        for (int column = 0; column < 2; column++) {
            product.cell[row][column] = 0;
            for (int k = 0; k < 2; k++)
                product.cell[row][column] += left->cell[row][k] * right->cell[k][column];
        }
    *result = product;
}

int main(void) {
    struct matrix base = {{{1, 1}, {1, 0}}}, result = {{{1, 0}, {0, 1}}};
    for (int power = 50; power; power >>= 1) {
        if (power & 1)
            multiply(&result, &result, &base);
        multiply(&base, &base, &base);
    }
    printf("%ld\n", result.cell[0][1]);
    return 0;
}
