// Declarations of one variable agree in the sign of its type, too.
// refused: 4
extern unsigned long n;
long n = 4;
int main(void) {
    return 0;
}
