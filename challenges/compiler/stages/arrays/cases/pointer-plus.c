// Adding to a pointer moves it by elements, whatever their size.
// exit: 62
int main(void) {
    int a[4] = {1, 20, 30, 40};
    char c[3] = {1, 2, 3};
    long l[3] = {7, 8, 9};
    return *(a + 1) + *(2 + a) + *(c + 2) + *(l + 2);
}
