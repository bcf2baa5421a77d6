// static before a global or a function changes nothing within its file.
// exit: 12
static int base = 5;

static int add(int n) {
    return base + n;
}

int main(void) {
    base++;
    return add(6);
}
