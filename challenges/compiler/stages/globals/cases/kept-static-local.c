// A static variable of a function keeps its value from call to call.
// exit: 15
int next(void) {
    static int n = 2;
    n++;
    return n;
}

int main(void) {
    int sum = next();
    sum += next();
    sum += next();
    return sum + (next() == 6 ? 3 : 50);
}
