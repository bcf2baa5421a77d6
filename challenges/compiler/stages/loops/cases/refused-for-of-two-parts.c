// A for loop has two semicolons.
// refused: 5
int main(void) {
    int a = 0;
    for (a = 0; a < 3) a++;
    return a;
}
