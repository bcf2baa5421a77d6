// There is no loop whose round could end.
// refused: 7
int main(void) {
    int a = 1;
    for (int i = 0; i < 3; i++)
        a++;
    continue;
    return a;
}
