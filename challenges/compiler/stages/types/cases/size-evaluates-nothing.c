// sizeof looks at the type alone.
// exit: 9
int main(void) {
    int a = 5;
    int b = sizeof(a++);
    return a + b;
}
