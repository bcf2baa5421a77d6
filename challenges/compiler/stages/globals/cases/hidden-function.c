// A variable or a parameter may have the name of a function, and hides it where it is known.
// exit: 65
int value(void) {
    return 1;
}

int local(void) {
    int value = 20;
    return value + 1;
}

int parameter(int value) {
    return value + 2;
}

int inner(void) {
    int sum = value();
    {
        int value = 7;
        sum += value;
    }
    for (int value = 0; value < 2; value++)
        sum += value;
    return sum + value();
}

int main(void) {
    return local() + parameter(30) + inner() + value() + value();
}
