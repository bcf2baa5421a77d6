// Elements are converted to their type, in a list, too, and back to int in a sum.
// Each line looks at one value, and ends the program with its own number if it is wrong.
// exit: line
unsigned char early[3] = {300, -1, 5};
short shorts[2] = {40000, 65535};
long longs[2] = {-1, 4294967295};
int main(void) {
    long big = 4294967298;
    unsigned char late[3] = {300, -1, big};
    unsigned numbers[2] = {-1, big};
    long wide[2] = {-1, 0};
    int i = -7;
    if (early[0] != 44L || early[1] != 255L || early[2] != 5L) return 13;
    if (shorts[0] != -25536L || shorts[1] != -1L) return 14;
    if (longs[0] != -1L || longs[1] != 4294967295L) return 15;
    if (late[0] != 44L || late[1] != 255L || late[2] != 2L) return 16;
    if (numbers[0] != 4294967295L || numbers[1] != 2L) return 17;
    if (wide[0] != -1L || wide[1] != 0L) return 18;
    if (early[1] + early[1] != 510L) return 19;
    if ((early[0] += 250) != 38L || early[0] != 38L) return 20;
    if (early[1]++ != 255L || early[1] != 0L) return 21;
    if (--early[1] != 255L || early[0] != 38L || early[2] != 5L) return 22;
    if ((shorts[1] = big) != 2L || shorts[0] != -25536L) return 23;
    if ((numbers[1] = i) != 4294967289L) return 24;
    if ((i < numbers[1]) != 0L || (i == numbers[1]) != 1L) return 25;
    if ((wide[1] = i) != -7L || (wide[1] = numbers[1]) != 4294967289L) return 26;
    if ((numbers[0] /= -2) != 1L) return 27;
    return 0;
}
