// a++ and a-- have the value before the step.
// exit: 45
int main(void) {
    int a = 4;
    int b = a++;
    int c = a--;
    return b * 10 + c + (a - 4);
}
