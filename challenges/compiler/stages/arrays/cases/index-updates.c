// An element can be stepped and added to, and what is in the brackets is evaluated once.
// exit: 32
int main(void) {
    int a[3] = {1, 2, 3};
    int i = 0;
    a[i++] += 10;
    a[i++]++;
    ++a[i];
    return a[0] + a[1] * 3 + a[2] + i * 4;
}
