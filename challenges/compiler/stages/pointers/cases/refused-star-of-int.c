// An int points nowhere.
// refused: 5
int main(void) {
    int a = 1;
    return *a;
}
