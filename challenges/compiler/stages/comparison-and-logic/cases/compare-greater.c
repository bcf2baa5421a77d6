// > holds for greater alone, >= for equal ones, too.
// exit: 19
int main(void) {
    return (1 > 2) * 32 + (3 > 2) * 16 + (2 > 2) * 8 + (1 >= 2) * 4 + (2 >= 2) * 2 + (3 >= 2);
}
