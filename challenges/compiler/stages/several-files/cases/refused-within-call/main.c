// The line of a mistake is where it stands, in whichever file that is.
// refused: sum.c:4
int sum(int a, int b);

int main(void) {
    return sum(1, 2);
}
