// Blocks side by side may use one name for different variables.
// exit: 15
int main(void) {
    int sum = 0;
    {
        int part = 5;
        sum += part;
    }
    {
        int part = 10;
        sum += part;
    }
    return sum;
}
