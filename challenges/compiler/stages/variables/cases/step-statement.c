// A step can be a statement by itself.
// exit: 3
int main(void) {
    int a = 0;
    a++;
    ++a;
    a++;
    a++;
    a--;
    return a;
}
