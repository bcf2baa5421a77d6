// Every operator but assignment and comma binds tighter than ?:.
// exit: 6
int main(void) {
    int a = 1, b;
    b = a || 0 ? 2 + 4 : 1;
    return b;
}
