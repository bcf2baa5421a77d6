// What a pointer points to can be stepped; parentheses say what is meant.
// exit: 65
int main(void) {
    int a = 3;
    int *p = &a;
    (*p)++;
    ++*p;
    int b = (*p)--;
    return a + b * 10 + *p * 2 + *&a - 1;
}
