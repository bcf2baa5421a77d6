// Each block has its own, however deep.
// exit: 123
int main(void) {
    int a = 1, result = 0;
    {
        int a = 2;
        {
            int a = 3;
            result += a;
        }
        result += a * 10;
    }
    result += a * 100;
    return result;
}
