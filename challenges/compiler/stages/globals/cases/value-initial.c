// A global has its value before main begins.
// exit: 46
int answer = 42;
int small = 1, smaller, large = 3;

int main(void) {
    return answer + small + smaller + large;
}
