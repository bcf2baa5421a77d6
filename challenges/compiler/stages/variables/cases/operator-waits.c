// A left operand waits while the right one is computed, however many others wait already.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
int main(void) {
    int a = 1, b = 2, c = 3, line = 0;
    (line = 6, (a + (b - (c ^ (a + b)))) == 3)
        && (line = 7, (a + (b - (c ^ (a + (b | (c + a)))))) == -1)
        && (line = 8, (a + (b - (c ^ (a + (b | (c + (a - b))))))) == 3)
        && (line = 9, (a + (b - (c ^ (a + (b | (c + (a - (b ^ c)))))))) == -4)
        && (line = 10, (a + (b - (c ^ (a + (b | (c + (a - (b ^ (c + (a | b)))))))))) == 3)
        && (line = 11, (a + (b - (c ^ (a + (b | (c + (a - (b ^ (c + (a | (b + (c - a)))))))))))) == 11)
        && (line = 12, (a + (b - (c ^ (a + (b | (c + (a - (b ^ (c + (a | (b + (c - (a ^ (b + (c | (a + b)))))))))))))))) == 7)
        && (line = 13, (a + (b - (c ^ (a + (b | (c + (a - (b ^ (c + (a | (b + (c - (a ^ (b + (c | (a + (b - (c ^ (a + (b | (c + (a - (b ^ (c + a)))))))))))))))))))))))) == 3)
        && (line = 14, (a + (b - (c ^ (a + (b | (c + (a - (b ^ (c + (a | (b + (c - (a ^ (b + (c | (a + (b - (c ^ (a + (b | (c + (a - (b ^ (c + (a | (b + (c - (a ^ (b + (c | (a + (b - c)))))))))))))))))))))))))))))))) == 3)
        && (line = 0);
    return line;
}
