// `extern` in a block means the file's variable, whatever the name means around it.
// exit: 50
int count = 5;

int add(int count) {
    {
        extern int count;
        count += 10;
    }
    return count;
}

int main(void) {
    int count = 1, sum = add(2);
    {
        extern int count;
        sum += count++;
    }
    sum += count;
    if (sum) {
        extern int count;
        sum += count * 2;
    }
    return sum;
}
