// All functions see the same variable.
// exit: 33
int total;

void add(int n) {
    total += n;
}

int get(void) {
    return total;
}

int main(void) {
    add(1);
    add(2);
    total = total + 10;
    add(20);
    return get();
}
