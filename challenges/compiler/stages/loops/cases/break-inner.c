// break ends the innermost loop alone.
// exit: 34
int main(void) {
    int count = 0;
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 10; j++) {
            if (j > i)
                break;
            count++;
        }
        count += 6;
    }
    return count;
}
