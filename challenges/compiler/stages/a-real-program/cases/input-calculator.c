// A calculator reads expressions from its input: recursive descent, one line each.
// stdin: 1 + 2 * 3
// stdin: (1 + 2) * 3
// stdin: 100 / 7 - -2
// stdin: ((((8))))
// stdin: 7 % 4 * 1000000
// stdout: 7
// stdout: 9
// stdout: 16
// stdout: 8
// stdout: 3000000
int getchar(void);
int printf(const char *format, ...);

static int current;

static void next(void) {
    do
        current = getchar();
    while (current == ' ');
}

static long sum(void);

static long operand(void) {
    long value = 0;
    if (current == '-') {
        next();
        return -operand();
    }
    if (current == '(') {
        next();
        value = sum();
        next();
        return value;
    }
    while (current >= '0' && current <= '9') {
        value = value * 10 + (current - '0');
        next();
    }
    return value;
}

static long product(void) {
    long value = operand();
    for (;;) {
        int operator = current;
        if (operator != '*' && operator != '/' && operator != '%')
            return value;
        next();
        long right = operand();
        switch (operator) {
        case '*':
            value *= right;
            break;
        case '/':
            value /= right;
            break;
        default:
            value %= right;
        }
    }
}

static long sum(void) {
    long value = product();
    while (current == '+' || current == '-') {
        int minus = current == '-';
        next();
        long right = product();
        value += minus ? -right : right;
    }
    return value;
}

int main(void) {
    next();
    while (current != -1) {
        printf("%ld\n", sum());
        while (current != '\n' && current != -1)
            next();
        next();
    }
    return 0;
}
