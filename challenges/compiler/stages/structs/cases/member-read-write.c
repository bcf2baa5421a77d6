// A struct holds members of different types.
// exit: 42
struct item {
    int count;
    char kind;
    long price;
};

int main(void) {
    struct item a;
    a.count = 4;
    a.kind = 2;
    a.price = 5000000000;
    return a.count * (a.price / 500000000) + a.kind;
}
